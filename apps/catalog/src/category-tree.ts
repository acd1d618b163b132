/** The tree of categories, in the shapes that readers need. */

export interface CategoryRow {
  id: string;
  parent_id: string | null;
  slug: string;
  name: string;
  /** Among its siblings. */
  position: number;
}

export interface Category {
  slug: string;
  name: string;
  children: Category[];
}

export interface CategoryTree {
  roots: Category[];
  /** Ids of a category and of all below it; none for an unknown slug. */
  idsBelow(slug: string): string[];
  /** A category and all above it, from the leaf up. */
  lineOf(id: string): { slug: string; name: string }[];
  all: { slug: string; name: string }[];
}

/** Builds the tree from rows in the order in which siblings are to stand. */
export function categoryTreeOf(rows: readonly CategoryRow[]): CategoryTree {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const bySlug = new Map(rows.map((row) => [row.slug, row]));
  const childrenOf = Map.groupBy(rows, (row) => row.parent_id);
  const below = (parent: string | null): Category[] =>
    (childrenOf.get(parent) ?? []).map(({ id, slug, name }) => ({ slug, name, children: below(id) }));
  const idsOf = (id: string): string[] => [
    id,
    ...(childrenOf.get(id) ?? []).flatMap((child) => idsOf(child.id)),
  ];
  return {
    roots: below(null),
    idsBelow(slug) {
      const row = bySlug.get(slug);
      return row ? idsOf(row.id) : [];
    },
    lineOf(id) {
      const line: CategoryRow[] = [];
      for (let row = byId.get(id); row; row = byId.get(row.parent_id ?? '')) line.push(row);
      return line;
    },
    all: rows.map(({ slug, name }) => ({ slug, name })),
  };
}
