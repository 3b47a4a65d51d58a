import type { SourceName } from './sources';

/** What a field contains. `sealed` is text that is sent encrypted; `word` is one of `values`. */
export type Kind = 'text' | 'sealed' | 'word' | 'integer' | 'flag' | 'object' | 'list';

/** Character sets and formats. The server and the sandbox check them with separate code. */
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
  /** Characters of at most three bytes of UTF-8; of the control characters, only tab and line break. */
  | 'plain'
  /** Any Unicode text, because it is encrypted and not part of the JSON. */
  | 'unicode';

export interface Bounds {
  /** 必填 in every document. If one document says 选填, the field is optional here, and only WeChat Pay refuses its absence. */
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
 * The source. `exact`: a document says it in full. `guessed`: one reading of a document that leaves it open; never refuses a
 * call. `own`: no document says it, but this server requires it.
 */
export type Certainty = 'exact' | 'guessed' | 'own';

export interface FieldRule extends Bounds {
  readonly kind: Kind;
  /** The only documented values of a `word`, or of the words in a list. */
  readonly values?: readonly string[];
  /** The type of a list's entries. Members of objects have rows of their own. */
  readonly entries?: Kind;
  /** Bounds that are not `exact`. */
  readonly certainty?: Readonly<Partial<Record<BoundName, Exclude<Certainty, 'exact'>>>>;
  /** Default: the document of the interface. */
  readonly source?: SourceName;
  /** Sources of single bounds, if they differ from the field's source. */
  readonly boundSources?: Readonly<Partial<Record<BoundName, SourceName>>>;
  /** Possible stricter readings of what the documents leave open, in English. They never refuse a call. */
  readonly guesses?: readonly string[];
  /** Stricter rules in other documents. They never refuse a call. */
  readonly stricter?: Readonly<Partial<Record<SourceName, Partial<Bounds>>>>;
}

/** The rules for the request of one interface: brand_id, path parameters and body. */
export interface InterfaceRules {
  readonly source: SourceName;
  /** Documents with the same rules, except for the `stricter` bounds of single fields. */
  readonly confirmedBy?: readonly SourceName[];
  /**
   * For an interface that changes the given fields and keeps the others: the fields that identify the object. All other fields
   * are changes. WeChat Pay accepts no null, so no field can be cleared.
   */
  readonly target?: readonly string[];
  /** Under WeChat Pay's names; a dot leads into an object or into the entries of a list. */
  readonly fields: Readonly<Record<string, FieldRule>>;
}

export const certaintyOf = ({ certainty }: FieldRule, bound: BoundName): Certainty =>
  certainty?.[bound] ?? 'exact';

/** Overrides of one field's bounds in the configuration. An overridden bound always refuses a call. */
export interface BoundOverrides extends Partial<Omit<Bounds, 'characters' | 'maxBytes'>> {
  /** `any`: any text. `documented`: as in the table, even if that is a guess. */
  readonly characters?: 'any' | 'documented';
}

/** By interface and field. */
export type RuleOverrides = Readonly<Record<string, Readonly<Record<string, BoundOverrides>>>>;

const listBounds = ['minEntries', 'maxEntries'] as const;

/** The bounds of the field that the configuration can override. */
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
