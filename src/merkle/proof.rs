//! Inclusion and consistency proofs (RFC 6962, 2.1.1 and 2.1.2; verification by RFC 9162, 2.1.3.2 and
//! 2.1.4.2).

use super::tree::{Hash, node_hash};

/// Why a proof doesn't prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Index or sizes make no sense.
    #[error("index or size out of range")]
    Range,
    /// Too few or too many hashes.
    #[error("wrong number of hashes")]
    Length,
    /// The root that comes out is another.
    #[error("the proof leads to another root")]
    Root,
}

/// Verifies that `leaf` stands at `index` of the tree of `size` leaves with `root`.
///
/// # Errors
/// [`ProofError`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut position, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Verifies that the tree of `new` leaves with `new_root` begins with the tree of `old` leaves with
/// `old_root`.
///
/// # Errors
/// [`ProofError`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Range);
    }
    if old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length);
        }
        return if old_root == new_root { Ok(()) } else { Err(ProofError::Root) };
    }
    if old == 0 {
        // Every tree begins with the empty one.
        return if proof.is_empty() { Ok(()) } else { Err(ProofError::Length) };
    }
    let mut hashes = proof.iter();
    let (mut position, mut last) = (old - 1, new - 1);
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    let start = if old.is_power_of_two() { *old_root } else { *hashes.next().ok_or(ProofError::Length)? };
    let (mut from_old, mut from_new) = (start, start);
    for hash in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            from_old = node_hash(hash, &from_old);
            from_new = node_hash(hash, &from_new);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if from_old == *old_root && from_new == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

/// Reads the hash of a complete subtree: level (0 for leaves) and index on that level.
pub type ReadNode<'a, E> = dyn FnMut(u32, u64) -> Result<Hash, E> + 'a;

/// The hash of the leaves `from..to`, from complete subtrees.
///
/// # Errors
/// What reading a node gave.
pub fn range_hash<E>(read: &mut ReadNode<'_, E>, from: u64, to: u64) -> Result<Hash, E> {
    let size = to - from;
    let level = 63 - size.max(1).leading_zeros();
    if size == 1_u64 << level && from.trailing_zeros() >= level {
        return read(level, from >> level);
    }
    let split = split(size);
    let left = range_hash(read, from, from + split)?;
    let right = range_hash(read, from + split, to)?;
    Ok(node_hash(&left, &right))
}

/// The largest power of two below `size`.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).max(1).leading_zeros())
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves.
///
/// # Errors
/// What reading a node gave.
pub fn inclusion<E>(read: &mut ReadNode<'_, E>, index: u64, size: u64) -> Result<Vec<Hash>, E> {
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range_hash(read, middle, to)?);
            to = middle;
        } else {
            path.push(range_hash(read, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The consistency proof from `old` to `new` leaves.
///
/// # Errors
/// What reading a node gave.
pub fn consistency<E>(read: &mut ReadNode<'_, E>, old: u64, new: u64) -> Result<Vec<Hash>, E> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut from, mut to, mut whole) = (0, new, true);
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(range_hash(read, middle, to)?);
            to = middle;
        } else {
            path.push(range_hash(read, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range_hash(read, from, to)?);
    }
    path.reverse();
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::tree::{Frontier, leaf_hash};
    use std::collections::HashMap;
    use std::convert::Infallible;

    struct Tree {
        nodes: HashMap<(u32, u64), Hash>,
        roots: Vec<Hash>,
    }

    fn tree(size: u64) -> Tree {
        let mut frontier = Frontier::default();
        let mut tree = Tree { nodes: HashMap::new(), roots: vec![frontier.root()] };
        for n in 0..size {
            for (level, index, hash) in frontier.append(leaf_hash(&n.to_be_bytes())) {
                tree.nodes.insert((level, index), hash);
            }
            tree.roots.push(frontier.root());
        }
        tree
    }

    #[test]
    fn every_proof_of_every_small_tree_holds_and_fails_when_altered() {
        let tree = tree(70);
        let mut read = |level, index| Ok::<_, Infallible>(tree.nodes[&(level, index)]);
        for size in 1..=70_u64 {
            let root = &tree.roots[usize::try_from(size).unwrap()];
            for index in 0..size {
                let proof = inclusion(&mut read, index, size).unwrap();
                let leaf = leaf_hash(&index.to_be_bytes());
                assert_eq!(verify_inclusion(&leaf, index, size, &proof, root), Ok(()));
                assert!(verify_inclusion(&leaf_hash(b"x"), index, size, &proof, root).is_err());
                assert!(verify_inclusion(&leaf, index + 1, size, &proof, root).is_err());
            }
            for old in 0..=size {
                let proof = consistency(&mut read, old, size).unwrap();
                let old_root = &tree.roots[usize::try_from(old).unwrap()];
                assert_eq!(verify_consistency(old, size, &proof, old_root, root), Ok(()), "{old} {size}");
                if old > 0 && old < size {
                    assert!(verify_consistency(old, size, &proof, root, root).is_err());
                }
            }
        }
    }

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        // RFC 6962, 2.1.
        assert_eq!(
            hex::encode(Frontier::default().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
