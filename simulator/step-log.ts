import type { SecretMasker } from './secret-masker.ts';
import { parseWorkflowCommand, type WorkflowCommand } from './workflow-command.ts';

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title?: string;
  message: string;
}

const COMMANDS = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
];

export class StepLog {
  readonly annotations: Annotation[] = [];
  /** Set by command, not by file. */
  readonly outputs: Record<string, string> = {};
  readonly state: Record<string, string> = {};
  private readonly lines: string[] = [];
  private readonly known = new Set(COMMANDS);
  private readonly masker: SecretMasker;
  private readonly debug: boolean;
  /** Resumes commands; set while they are stopped. */
  private resumeToken: string | undefined;

  constructor(masker: SecretMasker, { debug }: { debug: boolean }) {
    this.masker = masker;
    this.debug = debug;
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  take(line: string): void {
    const command = parseWorkflowCommand(line, this.known);
    if (!command) this.show(line);
    else if (this.resumeToken === undefined) this.execute(command, line);
    else {
      this.show(line);
      if (command.name === this.resumeToken) {
        this.known.delete(this.resumeToken);
        this.resumeToken = undefined;
      }
    }
  }

  show(text: string): void {
    for (const line of text.split(/\r\n|\n|\r/)) this.lines.push(this.masker.mask(line));
  }

  annotate(level: Annotation['level'], message: string, title?: string): void {
    const label = `${level.charAt(0).toUpperCase()}${level.slice(1)}: `;
    // GitHub's log omits the title.
    this.show(`${label}${message}`);
    const mask = (text: string) => this.masker.mask(text);
    this.annotations.push({ level, ...(title && { title: mask(title) }), message: mask(message) });
  }

  private execute({ name, properties, data }: WorkflowCommand, line: string): void {
    switch (name) {
      case 'add-mask':
        if (data.trim() === '')
          this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
        else this.masker.add(data);
        return;
      case 'debug':
        if (this.debug) this.show(`##[debug]${data}`);
        return;
      case 'error':
      case 'warning':
      case 'notice':
        this.annotate(name, data, properties.title);
        return;
      case 'group':
        this.show(`▼ ${data}`);
        return;
      case 'stop-commands':
        this.show(line);
        this.resumeToken = data.toLowerCase();
        this.known.add(this.resumeToken);
        return;
      case 'set-output':
        this.outputs[properties.name ?? ''] = data;
        return;
      case 'save-state':
        this.state[properties.name ?? ''] = data;
        return;
      case 'set-env':
      case 'add-path':
        this.annotate('error', `Unable to process command '${line}' successfully: the command is disabled.`);
        return;
    }
    // endgroup, echo and the matchers print nothing.
  }
}
