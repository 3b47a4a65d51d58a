import { Extensions } from 'type-graphql';

/**
 * The field is nullable only because it can fail: its value is null only together with an error at its path.
 *
 * @param levels 0: the field itself; 1: the entries of its list. Default: [0].
 */
export const SemanticNonNull = (levels: readonly number[] = [0]): PropertyDecorator & MethodDecorator =>
  Extensions({ semanticNonNull: levels });
