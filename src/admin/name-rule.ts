/** What the name of a client must be, for people. */
export const NAME_RULE =
  "A client's name is 1 to 64 letters, digits and . _ - @, does not begin with . or - and is not 'ca'"
