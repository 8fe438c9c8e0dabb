export interface WorkflowCommand {
  /** In lower case, like the property names. */
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** Parses `::name key=value,…::data` at the start of a line, or `##[name key=value;…]data` anywhere in it. */
export function parseWorkflowCommand(line: string, known: ReadonlySet<string>): WorkflowCommand | undefined {
  const [, info, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? [];
  const command = parse(info, data, ',', PROPERTY_ESCAPES, DATA_ESCAPES);
  if (command && known.has(command.name)) return command;

  const [, oldInfo, oldData] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  const oldCommand = parse(oldInfo, oldData, ';', OLD_ESCAPES, OLD_ESCAPES);
  return oldCommand && known.has(oldCommand.name) ? oldCommand : undefined;
}

type Escapes = readonly (readonly [escaped: string, plain: string])[];

const DATA_ESCAPES: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
];
const PROPERTY_ESCAPES: Escapes = [['%3A', ':'], ['%2C', ','], ...DATA_ESCAPES];
const OLD_ESCAPES: Escapes = [['%3B', ';'], ['%5D', ']'], ...DATA_ESCAPES];

function parse(
  info: string | undefined,
  data: string | undefined,
  separator: string,
  propertyEscapes: Escapes,
  dataEscapes: Escapes,
): WorkflowCommand | undefined {
  if (info === undefined || data === undefined) return undefined;
  const [, name = '', list = ''] = /^([^ ]*) ?(.*)$/s.exec(info) ?? [];
  const properties: Record<string, string> = {};
  for (const property of list.trim().split(separator)) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(property) ?? [];
    if (key && value) properties[key.toLowerCase()] = replaceEscapes(value, propertyEscapes);
  }
  return { name: name.toLowerCase(), properties, data: replaceEscapes(data, dataEscapes) };
}

function replaceEscapes(text: string, escapes: Escapes): string {
  return escapes.reduce((rest, [escaped, plain]) => rest.replaceAll(escaped, plain), text);
}
