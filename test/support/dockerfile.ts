import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join, posix, relative, sep } from 'node:path';

/** One instruction of a Dockerfile. */
interface Step {
  readonly word: string;
  readonly rest: string;
}

/** What a container starts from. */
export interface Image {
  /** The directory that stands for `/`. */
  readonly directory: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly number[];
  readonly healthcheck: readonly string[];
  readonly entrypoint: readonly string[];
}

const stepsOf = (text: string): readonly Step[] =>
  text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      return { word, rest };
    });

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

export interface BuildOptions {
  /** The project: the context of the build. */
  readonly context: string;
  /** An empty directory. */
  readonly into: string;
}

/**
 * Executes a Dockerfile without a container engine. Each stage is a directory that holds what the steps copy into it and nothing
 * else; `npm ci` takes the packages that the lockfile names from the project's own installation, and the build finds the project's
 * own, which it keeps only if it was made from the very files that the stage holds. Throws for a step that it does not know, and
 * for a file that `.dockerignore` keeps out.
 */
export const buildImage = ({ context, into }: BuildOptions): Image => {
  const admitted = admittedBy(readFileSync(join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, string>();
  let image: Image | undefined;
  const current = (): Image => {
    if (image === undefined) throw new Error('a step before FROM');
    return image;
  };
  const inside = (path: string): string =>
    join(current().directory, path.startsWith('/') ? path : join(current().workdir, path));

  const steps: Readonly<Record<string, (rest: string) => void>> = {
    FROM(rest) {
      const [, name = String(stages.size)] = / AS (\S+)$/.exec(rest) ?? [];
      const directory = join(into, name);
      mkdirSync(directory);
      stages.set(name, directory);
      image = { directory, workdir: '/', env: {}, user: 'root', ports: [], healthcheck: [], entrypoint: [] };
    },
    WORKDIR(rest) {
      image = { ...current(), workdir: rest };
      mkdirSync(inside('.'), { recursive: true });
    },
    COPY(rest) {
      const [, stage, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
      const words = paths.split(/\s+/);
      const target = words.at(-1) ?? '';
      for (const source of words.slice(0, -1)) {
        if (stage === undefined && !admitted(source)) throw new Error(`.dockerignore keeps ${source} out`);
        const from = join(stage === undefined ? context : (stages.get(stage) ?? ''), source);
        const to =
          statSync(from).isDirectory() || !target.endsWith('/')
            ? inside(target)
            : join(inside(target), basename(source));
        // A stage is moved: nothing reads it again, and to copy 20 000 files of packages and remove them takes seconds.
        if (stage === undefined) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
        else renameSync(from, to);
      }
    },
    RUN(rest) {
      if (rest === 'npm ci') symlinkSync(join(context, 'node_modules'), inside('node_modules'));
      else if (rest === 'npm ci --omit=dev') copyPackages(context, inside('.'));
      else {
        if (rest === 'npm run build') cpSync(join(context, 'dist'), inside('dist'), { recursive: true });
        const { status, stdout, stderr } = spawnSync('sh', ['-c', rest], {
          cwd: inside('.'),
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(`RUN ${rest}: ${stdout}${stderr}`);
      }
    },
    ENV(rest) {
      const [, name = '', value = ''] = /^([A-Z_]+)=(\S+)$/.exec(rest) ?? [];
      image = { ...current(), env: { ...current().env, [name]: value } };
    },
    USER(rest) {
      image = { ...current(), user: rest };
    },
    EXPOSE(rest) {
      image = { ...current(), ports: rest.split(' ').map(Number) };
    },
    HEALTHCHECK(rest) {
      const [, command = '[]'] = / CMD (\[.*\])$/.exec(rest) ?? [];
      image = { ...current(), healthcheck: JSON.parse(command) as string[] };
    },
    ENTRYPOINT(rest) {
      // Only the exec form is JSON: with the shell form, signals would end at a shell.
      image = { ...current(), entrypoint: JSON.parse(rest) as string[] };
    },
  };
  for (const { word, rest } of stepsOf(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    const step = steps[word];
    if (step === undefined) throw new Error(`no translation of the step ${word} ${rest}`);
    step(rest);
  }
  return current();
};

/** Reads a list that keeps everything out but what it names. */
const admittedBy = (text: string): ((path: string) => boolean) => {
  const [first, ...others] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || others.some((line) => !/^!\w[\w./-]*$/.test(line)))
    throw new Error('.dockerignore must keep everything out, and then name what comes in');
  const named = others.map((line) => line.slice(1));
  return (path) => named.some((one) => path === one || path.startsWith(`${one}/`));
};

/** What `npm ci --omit=dev` installs: the packages that the lockfile does not mark as being for development only. */
const copyPackages = (context: string, target: string): void => {
  const { packages } = JSON.parse(readFileSync(join(target, 'package-lock.json'), 'utf8')) as Lockfile;
  const left = new Set(
    Object.entries(packages)
      .filter(([, { dev, devOptional }]) => dev === true || devOptional === true)
      .map(([path]) => path),
  );
  const kept = new Set(Object.keys(packages).filter((path) => !left.has(path)));
  const isPackage = (path: string): boolean => /(^|\/)node_modules\/(@[^/]+\/)?[^/@.][^/]*$/.test(path);
  // A checkout may have its packages behind a link.
  const installed = realpathSync(join(context, 'node_modules'));
  cpSync(installed, join(target, 'node_modules'), {
    recursive: true,
    filter(source) {
      const path = join('node_modules', relative(installed, source)).split(sep).join(posix.sep);
      return isPackage(path) ? kept.has(path) : !path.endsWith('/.bin');
    },
  });
  if (!existsSync(join(target, 'node_modules'))) throw new Error('nothing was installed');
};
