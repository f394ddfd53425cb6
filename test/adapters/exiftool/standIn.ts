import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Says its version on the command line and at the start of a session, as ExifTool does. */
const START = `$| = 1;
if (grep { $_ eq '-ver' } @ARGV) { print "13.59\\n"; exit 0 }`;

/**
 * A program that stands in for ExifTool, and does with a command what the Perl code says (`last` ends it; without more it
 * answers that nothing was done). The folder gets a `stand-in.pl`.
 * @param onStart what it does at the start of a session
 * @returns its path, for `exiftoolPath`
 */
export async function standIn(folder: string, onCommand: string, onStart = ''): Promise<string> {
  const path = join(folder, 'stand-in.pl');
  await writeFile(
    path,
    `${START}
    ${onStart}
    my @args;
    while (my $line = <STDIN>) {
      chomp $line;
      push @args, $line;
      last if $line eq 'False' && @args > 1 && $args[-2] eq '-stay_open';
      next unless $line eq '-execute';
      my $asksVersion = grep { $_ eq '-ver' } @args;
      if ($asksVersion) { print "13.59\\n" } else { ${onCommand} }
      print "{ready}\\n";
      @args = ();
    }`,
  );
  return path;
}
