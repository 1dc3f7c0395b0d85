/**
 * Options without what they inherit: a polluted `Object.prototype` must not switch `secure` off or hand in
 * a secret.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return Object.assign(Object.create(null) as Options, options)
}
