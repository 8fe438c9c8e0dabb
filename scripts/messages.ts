import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** The sentences in the source: every text of at least four words, with `…` for placeholders. */
export function messagesOfSource(): { name: string; paragraphs: string[]; cells: string[] }[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const name = `src/${file.replaceAll('\\', '/')}`;
      const paragraphs: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) paragraphs.push(node.text);
        else if (ts.isTemplateExpression(node)) {
          paragraphs.push(
            [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'),
          );
        }
        ts.forEachChild(node, visit);
      };
      visit(ts.createSourceFile(name, readFileSync(name, 'utf8'), ts.ScriptTarget.Latest));
      return {
        name,
        paragraphs: paragraphs.filter((text) => text.split(/\s+/).length >= 4).map(withoutCode),
        cells: [],
      };
    });
}

/** Commands and values aren't prose. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, '`…`');
}
