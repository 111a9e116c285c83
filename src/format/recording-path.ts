/** Names inside the paths of recordings: `audio/YYYY/MM/DD/HHMMSS_<line>_<id>.opus`, UTC. */

const charactersMax = 80;

/** A line's or recording's name as it stands in a file name. */
export const plainName = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, charactersMax);

/** How the file name of this recording ends. */
export const recordingFileEnd = (id: string): string => `_${plainName(id)}.opus`;
