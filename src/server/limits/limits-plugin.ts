import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { refused } from './refused';
import { variableFault, type VariableLimits } from './variable-limits';

/** Refuses requests whose variables are larger than any honest ones, before they are coerced. */
export const variableLimitsPlugin = <C extends BaseContext>(
  limits: VariableLimits,
): ApolloServerPlugin<C> => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ request: { variables } }) {
        const fault = variables == null ? undefined : variableFault(variables, limits);
        return fault === undefined ? Promise.resolve() : Promise.reject(refused(fault));
      },
    }),
});
