import type { SourceName } from './sources';

/** What a field holds. `sealed` is text that travels encrypted; `word` is one of `values`. */
export type Kind = 'text' | 'sealed' | 'word' | 'integer' | 'flag' | 'object' | 'list';

/** Character sets and formats. Each side checks them with code of its own. */
export type Characters =
  | 'identifier'
  | 'requestNumber'
  | 'cardCode'
  | 'cardTitle'
  | 'color'
  | 'pictureUrl'
  | 'notifyUrl'
  | 'dateTime'
  | 'feedCell'
  | 'activityId'
  | 'phoneNumber'
  | 'formAnswer'
  /** At most three bytes of UTF-8 a character, without control characters other than tab and line break. */
  | 'plain'
  /** Any Unicode text: it is not in the JSON but encrypted. */
  | 'unicode';

export interface Bounds {
  /** 必填 in every document. If one calls the field 选填, it is optional here, and the refusal stays WeChat Pay's. */
  readonly required: boolean;
  /** Characters (Unicode code points). */
  readonly maxLength?: number;
  /** Bytes of UTF-8, of a text that is encrypted. */
  readonly maxBytes?: number;
  readonly min?: number;
  readonly max?: number;
  readonly minEntries?: number;
  readonly maxEntries?: number;
  readonly characters?: Characters;
}

export type BoundName = keyof Bounds;

/**
 * Who says so. `exact`: a document, in full. `guessed`: read into a document that leaves it open; never stops a call.
 * `own`: no document, but this server insists.
 */
export type Certainty = 'exact' | 'guessed' | 'own';

export interface FieldRule extends Bounds {
  readonly kind: Kind;
  /** The only documented values of a `word`, or of the words in a list. */
  readonly values?: readonly string[];
  /** What the entries of a list are. Members of objects have rows of their own. */
  readonly entries?: Kind;
  /** Bounds that are not `exact`. */
  readonly certainty?: Readonly<Partial<Record<BoundName, Exclude<Certainty, 'exact'>>>>;
  /** Default: the document of the interface. */
  readonly source?: SourceName;
  /** Sources of single bounds, if they are not in the field's. */
  readonly boundSources?: Readonly<Partial<Record<BoundName, SourceName>>>;
  /** Restrictions that one could read into what the documents leave open, in English. They never stop a call. */
  readonly guesses?: readonly string[];
  /** Stricter readings by other documents. They never stop a call. */
  readonly stricter?: Readonly<Partial<Record<SourceName, Partial<Bounds>>>>;
}

/** The rules of one interface's request: brand_id, path parameters and body. */
export interface InterfaceRules {
  readonly source: SourceName;
  /** Documents that say the same, but for the `stricter` bounds of single fields. */
  readonly confirmedBy?: readonly SourceName[];
  /**
   * Of an interface that changes what is given and keeps the rest: the fields that name the object. All other fields are
   * changes. WeChat Pay takes no null, so no field can be cleared.
   */
  readonly target?: readonly string[];
  /** By WeChat Pay's names; a dot leads into an object or into the entries of a list. */
  readonly fields: Readonly<Record<string, FieldRule>>;
}

export const certaintyOf = ({ certainty }: FieldRule, bound: BoundName): Certainty =>
  certainty?.[bound] ?? 'exact';

/** Changes of one field's bounds by the configuration. A changed bound always stops a call. */
export interface BoundOverrides extends Partial<Omit<Bounds, 'characters' | 'maxBytes'>> {
  /** `any`: any text. `documented`: as in the table, also if that is a guess. */
  readonly characters?: 'any' | 'documented';
}

/** By interface and field. */
export type RuleOverrides = Readonly<Record<string, Readonly<Record<string, BoundOverrides>>>>;

const listBounds = ['minEntries', 'maxEntries'] as const;

/** The bounds of the field that the configuration may change. */
export const overridableBounds = ({
  kind,
  entries,
  required,
}: FieldRule): readonly (keyof BoundOverrides)[] => {
  const holds = kind === 'list' ? entries : kind;
  return [
    // What every document requires, the GraphQL schema requires too.
    ...(required ? [] : (['required'] as const)),
    ...(kind === 'list' ? listBounds : []),
    ...(holds === 'text' || holds === 'sealed' ? (['maxLength', 'characters'] as const) : []),
    ...(kind === 'integer' ? (['min', 'max'] as const) : []),
  ];
};
