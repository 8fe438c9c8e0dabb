import { readPages, sectionsOf } from './markdown.ts';

/** A workflow in the documentation, for people to copy. */
export interface DocumentedWorkflow {
  /** Page and section: `docs/recipes.md#matrix`. */
  source: string;
  text: string;
}

/** Finds each complete workflow in the documentation. A part of one has no `jobs:`. */
export function documentedWorkflows(): DocumentedWorkflow[] {
  return readPages().flatMap((page) =>
    sectionsOf(page).flatMap(({ anchor, blocks }) =>
      blocks
        .filter(({ info, text }) => info === 'yaml' && /^jobs:$/m.test(text))
        .map(({ text }) => ({ source: `${page.path}#${anchor}`, text })),
    ),
  );
}
