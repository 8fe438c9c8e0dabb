/**
 * Reads the section of a version in a changelog, without its heading.
 * @throws Error if there is no section, no date, or no text
 */
export function notesFor(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## [${version}] - <date>".`);
  const [heading = '', ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d\d-\d\d$/.test(heading.trim())) {
    throw new Error(
      `CHANGELOG.md has no date behind [${version}]: it should be "## [${version}] - 2026-01-31".`,
    );
  }
  const notes = lines.filter((line) => !/^\[[^\]]+\]: /.test(line)).join('\n');
  if (notes.trim() === '') throw new Error(`The section [${version}] of CHANGELOG.md is empty.`);
  return `${notes.trim()}\n`;
}

/**
 * Dates the section of a version, or turns *Unreleased* into one if the version has none. Keeps an existing date.
 * @throws Error if there is neither, or no text
 */
export function dateSection(version: string, date: string, changelog: string): string {
  const headings = [...changelog.matchAll(/^## \[([^\]\n]+)\].*$/gm)];
  const own = headings.find(([, name]) => name === version);
  const source = own ?? headings.find(([, name]) => name === 'Unreleased');
  if (source === undefined)
    throw new Error(`CHANGELOG.md has no section "## [${version}]" or "## [Unreleased]".`);
  const [heading] = source;
  const dated = /- \d{4}-\d\d-\d\d\s*$/.test(heading) ? heading : `## [${version}] - ${date}`;
  const text = `${changelog.slice(0, source.index)}${dated}${changelog.slice(source.index + heading.length)}`;
  notesFor(version, text);
  return text;
}
