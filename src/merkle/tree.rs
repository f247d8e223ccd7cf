//! Hashes of the tree, and its right edge (RFC 6962, 2.1).

use aws_lc_rs::digest::{SHA256, digest};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf: `SHA-256(0x00 || record)`.
#[must_use]
pub fn leaf_hash(record: &[u8]) -> Hash {
    hash(&[&[0], record].concat())
}

/// The hash of a node: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    // At once from the stack: setting a context up takes longer than hashing two hashes.
    let mut both = [1; 65];
    if let Some((a, b)) = both.get_mut(1..).and_then(|both| both.split_at_mut_checked(32)) {
        a.copy_from_slice(left);
        b.copy_from_slice(right);
    }
    hash(&both)
}

fn hash(bytes: &[u8]) -> Hash {
    digest(&SHA256, bytes).as_ref().first_chunk::<32>().copied().unwrap_or_default()
}

/// The roots of the perfect subtrees at the right edge, largest first: all that is needed to append.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

/// A perfect subtree that became complete: its level (0 for a leaf), its index on that level, its hash.
pub type Node = (u32, u64, Hash);

impl Frontier {
    /// The edge of a tree of `size` leaves; `None` when there aren't as many roots as its binary form
    /// has ones.
    #[must_use]
    pub fn new(size: u64, roots: Vec<Hash>) -> Option<Self> {
        (u32::try_from(roots.len()).ok()? == size.count_ones()).then_some(Self { size, roots })
    }

    /// Leaves in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots, largest subtree first.
    #[must_use]
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends a leaf; gives every node that became complete, the leaf first.
    pub fn append(&mut self, leaf: Hash) -> Vec<Node> {
        let mut nodes = vec![(0, self.size, leaf)];
        let (mut hash, mut level) = (leaf, 0_u32);
        // Each trailing one of the old size is a subtree of the level that is now complete.
        while level < self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node_hash(&left, &hash);
            }
            level += 1;
            nodes.push((level, self.size >> level, hash));
        }
        self.roots.push(hash);
        self.size += 1;
        nodes
    }

    /// The root of the whole tree; of an empty one, the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => hash(&[]),
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}
