//! Certificate policies of a path (RFC 5280, 6.1, with the policy graph of RFC 9618 in place of the tree, which
//! hostile certificates could make grow without bounds).
//!
//! The graph has a level for each certificate and on it one node for each policy, so it is never larger than the
//! policies and mappings that the certificates state. What a verifier demands is [`Demand`]; without a demand,
//! of the verifier or of a certificate, policies decide nothing.

use super::certificate::Certificate;
use std::collections::{BTreeMap, BTreeSet};

/// The policy that stands for all (RFC 5280, 4.2.1.4).
pub const ANY: &str = "2.5.29.32.0";

/// What a verifier demands of the policies of every path (RFC 5280, 6.1.1, c to f).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demand {
    /// The policies accepted (user-initial-policy-set); none: any.
    pub accepted: Option<BTreeSet<String>>,
    /// Whether a path must hold for an accepted policy (initial-explicit-policy).
    pub explicit: bool,
    /// Whether policies may not be mapped to others (initial-policy-mapping-inhibit).
    pub no_mapping: bool,
    /// Whether anyPolicy stands for nothing (initial-any-policy-inhibit).
    pub no_any: bool,
}

/// What a certificate states about policies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stated {
    /// Its policies; none without the extension.
    pub policies: Option<BTreeSet<String>>,
    /// Which policy of the issuer's is which of the subject's.
    pub mappings: Vec<(String, String)>,
    /// After how many certificates a policy must hold.
    pub require_explicit: Option<u32>,
    /// After how many certificates policies can't be mapped.
    pub inhibit_mapping: Option<u32>,
    /// After how many certificates anyPolicy stands for nothing.
    pub inhibit_any: Option<u32>,
}

#[derive(Debug, Default)]
struct Node<'a> {
    /// Policies of the level above of which this one is a case.
    parents: BTreeSet<&'a str>,
    /// What the next certificate may state for it.
    expected: BTreeSet<&'a str>,
}

/// The valid policies, level by level; none when no policy is left.
struct Graph<'a>(Option<Vec<BTreeMap<&'a str, Node<'a>>>>);

impl<'a> Graph<'a> {
    fn new() -> Self {
        let root = Node { parents: BTreeSet::new(), expected: BTreeSet::from([ANY]) };
        Self(Some(vec![BTreeMap::from([(ANY, root)])]))
    }

    /// The policies a certificate states become a level (6.1.3, d and e).
    fn descend(&mut self, stated: &'a Stated, any_holds: bool) {
        let (Some(levels), Some(policies)) = (&mut self.0, &stated.policies) else {
            self.0 = None;
            return;
        };
        let Some(above) = levels.last() else { return };
        let mut level = BTreeMap::new();
        let node = |policy: &'a str, parents: BTreeSet<&'a str>| {
            (policy, Node { parents, expected: BTreeSet::from([policy]) })
        };
        let expecting = |policy: &str| -> BTreeSet<&'a str> {
            let parents = above.iter().filter(|(_, node)| node.expected.contains(policy));
            parents.map(|(name, _)| *name).collect()
        };
        for policy in policies.iter().map(String::as_str).filter(|policy| *policy != ANY) {
            let parents = expecting(policy);
            if !parents.is_empty() {
                level.extend([node(policy, parents)]);
            } else if above.contains_key(ANY) {
                level.extend([node(policy, BTreeSet::from([ANY]))]);
            }
        }
        if policies.contains(ANY) && any_holds {
            let expected: BTreeSet<&str> =
                above.values().flat_map(|node| node.expected.iter().copied()).collect();
            for policy in expected {
                if !level.contains_key(policy) {
                    level.extend([node(policy, expecting(policy))]);
                }
            }
        }
        levels.push(level);
        self.prune();
    }

    /// What a certificate maps is expected of the next one (6.1.4, b).
    fn map(&mut self, mappings: &'a [(String, String)], is_allowed: bool) {
        let Some(level) = self.0.as_mut().and_then(|levels| levels.last_mut()) else { return };
        let mut equal: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            equal.entry(issuer).or_default().insert(subject);
        }
        for (issuer, subjects) in equal {
            if !is_allowed {
                level.remove(issuer);
            } else if let Some(node) = level.get_mut(issuer) {
                node.expected = subjects;
            } else if level.contains_key(ANY) {
                level.insert(issuer, Node { parents: BTreeSet::from([ANY]), expected: subjects });
            }
        }
        self.prune();
    }

    /// Takes away what leads to nothing.
    fn prune(&mut self) {
        let Some(levels) = &mut self.0 else { return };
        let mut used: Option<BTreeSet<&str>> = None;
        for level in levels.iter_mut().rev() {
            if let Some(used) = &used {
                level.retain(|policy, _| used.contains(policy));
            }
            used = Some(level.values().flat_map(|node| node.parents.iter().copied()).collect());
        }
        if levels.last().is_none_or(BTreeMap::is_empty) {
            self.0 = None;
        }
    }

    /// Whether a policy is left that is accepted (6.1.5, g).
    fn holds_for(&self, accepted: Option<&BTreeSet<String>>) -> bool {
        let Some(levels) = &self.0 else { return false };
        let Some(accepted) = accepted.filter(|accepted| !accepted.contains(ANY)) else { return true };
        let any_is_left = levels.last().is_some_and(|last| last.contains_key(ANY));
        // In the authorities' own words: where a policy first departs from anyPolicy.
        let mut first = levels.iter().flatten();
        (any_is_left && !accepted.is_empty())
            || first.any(|(policy, node)| {
                *policy != ANY && node.parents.contains(ANY) && accepted.contains(*policy)
            })
    }
}

/// Whether the policies of a path, the signer's certificate first and the anchor last, are what is demanded by the
/// verifier and by its certificates; else the certificate where they no longer are.
///
/// # Errors
/// The certificate and a stable code of what is wrong with it.
pub fn judge<'a>(chain: &[&'a Certificate], demand: &Demand) -> Result<(), (&'static str, &'a Certificate)> {
    let Some((anchor, below)) = chain.split_last() else { return Ok(()) };
    for certificate in below.iter().skip(1) {
        if certificate.stated.mappings.iter().any(|(issuer, subject)| issuer == ANY || subject == ANY) {
            return Err(("policy_mapped_to_any", certificate));
        }
    }
    // Nobody demands a policy: none can be missing.
    if !demand.explicit && chain.iter().all(|one| one.stated.require_explicit.is_none()) {
        return Ok(());
    }
    let all = u32::try_from(below.len()).unwrap_or(u32::MAX).saturating_add(1);
    let start = |is_set: bool, own: Option<u32>| if is_set { 0 } else { own.unwrap_or(all).min(all) };
    // What the anchor forbids holds from the first certificate on (RFC 5937, 3.2).
    let mut explicit = start(demand.explicit, anchor.stated.require_explicit);
    let mut mapping = start(demand.no_mapping, anchor.stated.inhibit_mapping);
    let mut any = start(demand.no_any, anchor.stated.inhibit_any);
    let mut graph = Graph::new();
    for (place, certificate) in below.iter().enumerate().rev() {
        let stated = &certificate.stated;
        let is_self_issued = certificate.is_self_issued();
        graph.descend(stated, any > 0 || (place > 0 && is_self_issued));
        if explicit == 0 && graph.0.is_none() {
            return Err(("policy_missing", certificate));
        }
        if place == 0 {
            explicit = explicit.saturating_sub(1);
            if stated.require_explicit == Some(0) {
                explicit = 0;
            }
            if explicit == 0 && !graph.holds_for(demand.accepted.as_ref()) {
                return Err(("policy_not_accepted", certificate));
            }
            continue;
        }
        graph.map(&stated.mappings, mapping > 0);
        for (count, own) in [
            (&mut explicit, stated.require_explicit),
            (&mut mapping, stated.inhibit_mapping),
            (&mut any, stated.inhibit_any),
        ] {
            if !is_self_issued {
                *count = count.saturating_sub(1);
            }
            *count = own.map_or(*count, |own| own.min(*count));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(policies: &[&str], mappings: &[(&str, &str)]) -> Stated {
        Stated {
            policies: Some(policies.iter().map(|one| (*one).to_owned()).collect()),
            mappings: mappings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            ..Stated::default()
        }
    }

    #[test]
    fn many_mappings_do_not_multiply() {
        // RFC 9618, 3: with the tree of RFC 5280 each certificate multiplies the nodes by the policies.
        let names: Vec<String> = (0..40).map(|number| format!("1.2.3.{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let every: Vec<(&str, &str)> =
            names.iter().flat_map(|one| names.iter().map(|other| (*one, *other))).collect();
        let certificate = stated(&names, &every);
        let mut graph = Graph::new();
        for _ in 0..9 {
            graph.descend(&certificate, true);
            graph.map(&certificate.mappings, true);
        }
        let levels = graph.0.unwrap();
        assert!(levels.iter().all(|level| level.len() <= 40));
    }

    #[test]
    fn a_mapped_policy_is_accepted_by_the_name_the_anchor_knows() {
        let upper = stated(&["1.2.3.1"], &[("1.2.3.1", "9.9.9.1")]);
        let lower = stated(&["9.9.9.1"], &[]);
        let mut graph = Graph::new();
        graph.descend(&upper, true);
        graph.map(&upper.mappings, true);
        graph.descend(&lower, true);
        let accepts = |name: &str| graph.holds_for(Some(&BTreeSet::from([name.to_owned()])));
        assert!(accepts("1.2.3.1"));
        assert!(!accepts("9.9.9.1"));
    }
}
