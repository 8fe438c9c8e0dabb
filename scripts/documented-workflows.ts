import { readPages, sectionsOf } from './markdown.ts';

/** A workflow that users copy from the documentation. */
export interface DocumentedWorkflow {
  /** Page and section: `docs/recipes.md#matrix`. */
  source: string;
  text: string;
}

/** A page with the pipelines of other CIs. */
const OTHER_CIS = 'docs/other-ci.md';

/** Finds each complete workflow in the documentation. A part of one has no `jobs:`. */
export function documentedWorkflows(): DocumentedWorkflow[] {
  return readPages().flatMap((page) =>
    sectionsOf(page).flatMap(({ anchor, blocks }) =>
      blocks
        .filter(({ info, text }) => info === 'yaml' && /^jobs:$/m.test(text) && page.path !== OTHER_CIS)
        .map(({ text }) => ({ source: `${page.path}#${anchor}`, text })),
    ),
  );
}
