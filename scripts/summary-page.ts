export type Theme = 'light' | 'dark';

/** The colors of GitHub's themes. https://primer.style/foundations/color */
const COLORS: Record<Theme, Record<string, string>> = {
  light: {
    text: '#1f2328',
    muted: '#59636e',
    page: '#ffffff',
    header: '#f6f8fa',
    border: '#d1d9e0',
    link: '#0969da',
    code: '#818b981f',
    row: '#f6f8fa',
  },
  dark: {
    text: '#f0f6fc',
    muted: '#9198a1',
    page: '#0d1117',
    header: '#151b23',
    border: '#3d444d',
    link: '#4493f8',
    code: '#656c7633',
    row: '#151b23',
  },
};

/** A job summary as a card of a page. */
export interface Card {
  /** A note in the header that GitHub doesn't show. */
  label?: string;
  summary: string;
  theme: Theme;
}

/** An HTML page with job summaries, styled like GitHub's page of a run. */
export function summaryPage(cards: Card[], openDetails: boolean): string {
  const themes = Object.entries(COLORS).map(([theme, colors]) => {
    const variables = Object.entries(colors).map(([name, value]) => `--${name}: ${value};`);
    return `.${theme} { ${variables.join(' ')} }`;
  });
  const sections = cards.map(({ label = '', summary, theme }) => {
    const html = openDetails ? summary.replaceAll('<details>', '<details open>') : summary;
    const header = `<header><b>scan summary</b> <span>${label}</span></header>`;
    return `<div class="page ${theme}"><section>${header}<div>${html}</div></section></div>`;
  });
  return `<!doctype html>
<meta charset="utf-8">
<style>
${themes.join('\n')}
body { margin: 0; }
.page { padding: 16px; background: var(--page); color: var(--text); word-wrap: break-word;
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
section { border: 1px solid var(--border); border-radius: 6px; overflow: hidden; }
.light + .light, .dark + .dark { padding-top: 0; }
header { padding: 8px 16px; background: var(--header); border-bottom: 1px solid var(--border); font-size: 13px; }
header span { color: var(--muted); }
section > div { padding: 16px; }
section > div > :last-child { margin-bottom: 0; }
h2, h3, h4 { margin: 0 0 12px; line-height: 1.25; }
h2 { font-size: 21px; padding-bottom: 6px; border-bottom: 1px solid var(--border); }
h3 { font-size: 17.5px; }
h4 { font-size: 14px; }
p, ul, ol, table, details { margin: 0 0 12px; }
ul, ol { padding-left: 2em; }
a { color: var(--link); }
code { padding: .2em .4em; border-radius: 6px; background: var(--code);
  font: 85% ui-monospace, SFMono-Regular, "Liberation Mono", Menlo, monospace; }
pre { padding: 12px; border-radius: 6px; background: var(--row); overflow: auto; }
pre code { padding: 0; background: none; }
summary { cursor: pointer; }
table { margin-top: 8px; border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { padding: 6px 13px; border: 1px solid var(--border); text-align: left; }
tr:nth-child(2n) { background: var(--row); }
blockquote { margin: 0 0 12px; padding: 0 1em; color: var(--muted); border-left: .25em solid var(--border); }
</style>
<body>
${sections.join('\n')}
<script>document.documentElement.dataset.height = document.documentElement.scrollHeight;</script>
`;
}
