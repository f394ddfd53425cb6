import { allTags, type Post } from './posts.ts';

const cdn = 'https://cdn.donmai.us';

const folders = (md5: string): string => `${md5.slice(0, 2)}/${md5.slice(2, 4)}`;

/** Length of the longer side of each reduced copy. */
const reductions = [
  ['180x180', 180, 'jpg'],
  ['360x360', 360, 'jpg'],
  ['720x720', 720, 'webp'],
] as const;

function variants({ md5, width, height, extension }: Post): readonly Readonly<Record<string, unknown>>[] {
  const reduced = reductions.map(([type, side, file_ext]) => {
    const scale = Math.min(1, side / Math.max(width, height));
    return {
      type,
      url: `${cdn}/${type}/${folders(md5)}/${md5}.${file_ext}`,
      width: Math.round(width * scale),
      height: Math.round(height * scale),
      file_ext,
    };
  });
  const original = {
    type: 'original',
    url: `${cdn}/original/${folders(md5)}/${md5}.${extension}`,
    width,
    height,
    file_ext: extension,
  };
  return [...reduced, original];
}

/**
 * A post as `/posts/ID.json` tells it to a user who may see the file (`visible`) or may not: then the keys md5,
 * file_url, large_file_url and preview_file_url, and those of the file in media_asset, are absent, not null.
 */
export function danbooruPost(post: Post, id: number, visible: boolean): Readonly<Record<string, unknown>> {
  const { tags, md5, createdAt, bytes, width, height, extension } = post;
  const count = (names: readonly string[]): number => names.length;
  return {
    id,
    created_at: createdAt,
    uploader_id: 990_001,
    score: id % 40,
    source: post.source,
    ...(visible ? { md5 } : {}),
    last_comment_bumped_at: null,
    rating: post.rating,
    image_width: width,
    image_height: height,
    tag_string: allTags(post).join(' '),
    fav_count: id % 60,
    file_ext: extension,
    last_noted_at: null,
    parent_id: null,
    has_children: false,
    approver_id: null,
    tag_count_general: count(tags.general),
    tag_count_artist: count(tags.artist),
    tag_count_character: count(tags.character),
    tag_count_copyright: count(tags.copyright),
    file_size: bytes,
    up_score: id % 40,
    down_score: 0,
    is_pending: false,
    is_flagged: false,
    is_deleted: post.status === 'deleted',
    tag_count: count(allTags(post)),
    updated_at: createdAt,
    is_banned: post.status === 'banned',
    pixiv_id: post.pixiv?.id ?? null,
    last_commented_at: null,
    has_active_children: false,
    bit_flags: 0,
    tag_count_meta: count(tags.meta),
    has_large: width > 850,
    has_visible_children: false,
    media_asset: {
      id: id + 1_000_000,
      created_at: createdAt,
      updated_at: createdAt,
      ...(visible ? { md5 } : {}),
      file_ext: extension,
      file_size: bytes,
      image_width: width,
      image_height: height,
      duration: null,
      status: post.status === 'deleted' ? 'deleted' : 'active',
      ...(visible ? { file_key: md5.slice(0, 9) } : {}),
      is_public: visible,
      pixel_hash: post.hash.repeat(2),
      ...(visible ? { variants: variants(post) } : {}),
    },
    tag_string_general: tags.general.join(' '),
    tag_string_character: tags.character.join(' '),
    tag_string_copyright: tags.copyright.join(' '),
    tag_string_artist: tags.artist.join(' '),
    tag_string_meta: tags.meta.join(' '),
    ...(visible
      ? {
          file_url: `${cdn}/original/${folders(md5)}/${md5}.${extension}`,
          large_file_url: `${cdn}/original/${folders(md5)}/${md5}.${extension}`,
          preview_file_url: `${cdn}/180x180/${folders(md5)}/${md5}.jpg`,
        }
      : {}),
  };
}
