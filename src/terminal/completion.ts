import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow an option or stand as an argument. */
type Value = { readonly kind: 'nothing' | 'folder' | 'file' | 'text' } | { readonly kind: 'one-of'; readonly words: readonly string[] }; // prettier-ignore

interface Opt {
  readonly flag: string;
  readonly about: string;
  readonly value: Value;
}

interface Cmd {
  readonly name: string;
  readonly about: string;
  readonly options: readonly Opt[];
  readonly subcommands: readonly Cmd[];
  readonly argument: Value;
}

/** The script that completes the command line of the program in a shell: made from the program itself, so that they agree. */
export function completionScript(shell: Shell, program: Command, words: Readonly<Record<string, readonly string[]>>) {
  const commands = commandsOf(program, words);
  return { bash, zsh, fish }[shell](program.name(), commands);
}

function commandsOf(program: Command, words: Readonly<Record<string, readonly string[]>>): readonly Cmd[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: [
      ...command.options.flatMap((option) => optionOf(option, words)),
      { flag: '--help', about: 'say what can be given', value: { kind: 'nothing' } },
    ],
    subcommands: commandsOf(command, words),
    argument: argumentOf(command.registeredArguments[0]),
  }));
}

function optionOf(option: Option, words: Readonly<Record<string, readonly string[]>>): readonly Opt[] {
  const flag = option.long;
  if (!flag) return [];
  const choices = option.argChoices ?? words[flag];
  const takes = /[<[](\w+)/.exec(option.flags)?.[1];
  const value: Value = choices
    ? { kind: 'one-of', words: choices }
    : takes === undefined
      ? { kind: 'nothing' }
      : { kind: takes === 'dir' ? 'folder' : takes === 'path' ? 'file' : 'text' };
  return [{ flag, about: option.description, value }];
}

function argumentOf(argument: Argument | undefined): Value {
  if (!argument) return { kind: 'nothing' };
  if (argument.argChoices) return { kind: 'one-of', words: argument.argChoices };
  return { kind: argument.name() === 'folder' ? 'folder' : 'file' };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const idOf = (name: string): string => `_${name.replaceAll('-', '_')}`;

function bash(name: string, commands: readonly Cmd[]): string {
  const reply = (value: Value): string => {
    if (value.kind === 'one-of') return `COMPREPLY=($(compgen -W ${quoted(value.words.join(' '))} -- "$cur"))`;
    if (value.kind === 'folder') return `compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))`;
    if (value.kind === 'file') return `compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))`;
    return 'COMPREPLY=()';
  };
  const cases = (command: Cmd, depth: number): string => {
    if (command.subcommands.length > 0) {
      const names = command.subcommands.map((sub) => sub.name).join(' ');
      return `      if (( COMP_CWORD == ${depth + 1} )); then COMPREPLY=($(compgen -W ${quoted(names)} -- "$cur")); return; fi
      case "\${words[${depth + 1}]}" in
${command.subcommands.map((sub) => `      ${sub.name})\n${cases(sub, depth + 1)}\n      ;;`).join('\n')}
      esac`;
    }
    const takers = command.options.filter(({ value }) => value.kind !== 'nothing');
    const after = takers.map(({ flag, value }) => `        ${flag}) ${reply(value)}; return ;;`);
    return [
      ...(after.length > 0 ? ['      case "$prev" in', ...after, '      esac'] : []),
      `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W ${quoted(command.options.map(({ flag }) => flag).join(' '))} -- "$cur")); return; fi`,
      `      ${reply(command.argument)}`,
    ].join('\n');
  };
  return `# bash completion of ${name}: source it, or put it into ~/.local/share/bash-completion/completions/${name}
${idOf(name)}() {
  local words=("\${COMP_WORDS[@]}") cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" IFS=$' \\n'
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W ${quoted(`${commands.map((command) => command.name).join(' ')} --help --version`)} -- "$cur"))
    return
  fi
  case "\${words[1]}" in
${commands.map((command) => `    ${command.name})\n${cases(command, 1)}\n    ;;`).join('\n')}
  esac
}
complete -F ${idOf(name)} ${name}
`;
}

function zsh(name: string, commands: readonly Cmd[]): string {
  const action = (value: Value): string => {
    if (value.kind === 'one-of') return `(${value.words.join(' ')})`;
    return value.kind === 'folder' ? '_files -/' : value.kind === 'file' ? '_files' : ' ';
  };
  const plain = (text: string): string => text.replaceAll(/[[\]:\\]/g, (c) => `\\${c}`);
  const list = (all: readonly Cmd[]): string =>
    all.map(({ name: n, about }) => quoted(`${n}:${plain(about)}`)).join(' ');
  const body = (command: Cmd, indent: string): string => {
    if (command.subcommands.length > 0) return `${indent}${menu(command.subcommands, indent)}`;
    const specs = command.options.map(({ flag, about, value }) =>
      quoted(`${flag}[${plain(about)}]${value.kind === 'nothing' ? '' : `:value:${action(value)}`}`),
    );
    if (command.argument.kind !== 'nothing') specs.push(quoted(`1:argument:${action(command.argument)}`));
    return `${indent}_arguments ${specs.join(` \\\n${indent}  `)}`;
  };
  const menu = (all: readonly Cmd[], indent: string): string => `if (( CURRENT == 2 )); then
${indent}  local -a commands=(${list(all)})
${indent}  _describe command commands
${indent}  return
${indent}fi
${indent}local command=$words[2]
${indent}shift words
${indent}(( CURRENT-- ))
${indent}case $command in
${all.map((command) => `${indent}${command.name})\n${body(command, `${indent}  `)}\n${indent}  ;;`).join('\n')}
${indent}esac`;
  return `#compdef ${name}
# zsh completion of ${name}: put it as ${idOf(name)} into a folder of your fpath, or source it after compinit
${idOf(name)}() {
  ${menu(commands, '  ')}
}
if [[ $funcstack[1] == ${idOf(name)} ]]; then ${idOf(name)} "$@"; else compdef ${idOf(name)} ${name}; fi
`;
}

function fish(name: string, commands: readonly Cmd[]): string {
  const lines = [
    `# fish completion of ${name}: put it into ~/.config/fish/completions/${name}.fish`,
    `complete -c ${name} -f`,
    `complete -c ${name} -n __fish_use_subcommand -l help -d 'say what can be given'`,
    `complete -c ${name} -n __fish_use_subcommand -l version -d 'say which version it is'`,
  ];
  const add = (command: Cmd, when: string, seen: string): void => {
    lines.push(`complete -c ${name} -n ${quoted(when)} -a ${command.name} -d ${quoted(command.about)}`);
    const inside =
      seen === ''
        ? `__fish_seen_subcommand_from ${command.name}`
        : `${seen}; and __fish_seen_subcommand_from ${command.name}`;
    const names = command.subcommands.map((sub) => sub.name).join(' ');
    for (const sub of command.subcommands) add(sub, `${inside}; and not __fish_seen_subcommand_from ${names}`, inside);
    for (const { flag, about, value } of command.subcommands.length > 0 ? [] : command.options) {
      lines.push(`complete -c ${name} -n ${quoted(inside)} -l ${flag.slice(2)} -d ${quoted(about)}${taking(value)}`);
    }
    const { argument } = command;
    if (argument.kind !== 'nothing')
      lines.push(
        `complete -c ${name} -n ${quoted(inside)}${taking(argument).replace(' -x', ' -f').replace(' -r', '')}`,
      );
  };
  for (const command of commands) add(command, '__fish_use_subcommand', '');
  return `${lines.join('\n')}\n`;
}

function taking(value: Value): string {
  if (value.kind === 'one-of') return ` -xa ${quoted(value.words.join(' '))}`;
  if (value.kind === 'folder') return ` -xa '(__fish_complete_directories)'`;
  if (value.kind === 'file') return ' -r -F';
  return value.kind === 'text' ? ' -x' : '';
}
