/** The script that makes bash complete the command line, from the same tables as the parser. */
import type { Command, Completion } from './model.ts';

function compgen(completes: Completion): string {
  if (completes === 'files') return 'COMPREPLY=($(compgen -f -- "$word"))';
  if (completes === 'directories') return 'COMPREPLY=($(compgen -d -- "$word"))';
  return completes === 'nothing' ? ':' : `COMPREPLY=($(compgen -W '${completes.join(' ')}' -- "$word"))`;
}

function cases({ name, options, operands }: Command): string {
  const values = Object.entries(options).flatMap(([option, spec]) =>
    spec.kind === 'flag' ? [] : [`    ${name}:--${option}) ${compgen(spec.completes)} ;;`],
  );
  const flags = ['--help', ...Object.keys(options).map((option) => `--${option}`)].join(' ');
  const first = operands[0]?.completes ?? 'nothing';
  return [
    ...values,
    `    ${name}:*)`,
    `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${flags}' -- "$word")); else ${compgen(first)}; fi ;;`,
  ].join('\n');
}

export function bashCompletion(commands: readonly Command[]): string {
  return `# Completion of umlaut for bash: eval "$(umlaut completion)"
_umlaut() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map((command) => command.name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case $command:$before in
${commands.map(cases).join('\n')}
  esac
}
complete -o filenames -F _umlaut umlaut
`;
}
