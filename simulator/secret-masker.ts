/** Masks secrets as the runner does, in each form in which they are likely to appear. */
export class SecretMasker {
  readonly secrets = new Set<string>();
  private readonly forms = new Set<string>();

  /** Also masks each line of the value. */
  add(value: string): void {
    for (const secret of [value, ...value.split(/[\r\n]+/)]) {
      if (secret.trim() === '') continue;
      this.secrets.add(secret);
      this.forms.add(secret);
      this.forms.add(JSON.stringify(secret).slice(1, -1));
      this.forms.add(encodeURIComponent(secret));
      this.forms.add(Buffer.from(secret).toString('base64'));
    }
  }

  mask(text: string): string {
    let masked = '';
    let end = 0;
    for (const [index, range] of this.findRanges(text).entries()) {
      if (index === 0 || range.start > end) masked += `${text.slice(end, range.start)}***`;
      end = Math.max(end, range.end);
    }
    return masked + text.slice(end);
  }

  private findRanges(text: string): { start: number; end: number }[] {
    const ranges: { start: number; end: number }[] = [];
    for (const form of this.forms) {
      for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
        ranges.push({ start, end: start + form.length });
      }
    }
    return ranges.sort((a, b) => a.start - b.start);
  }
}
