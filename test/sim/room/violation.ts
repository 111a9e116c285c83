/** Something that must be true of the room is not. */
export class Violation extends Error {}
