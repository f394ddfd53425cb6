/** What gallery-dl writes for a post of each kind of site, in the forms of its versions; works, names and numbers are made up. */
export const MD5 = '0123456789abcdef0123456789abcdef';

export const DANBOORU = {
  id: 9900001,
  created_at: '2025-09-15T19:27:31.639-04:00',
  date: '2025-09-15 23:27:31',
  uploader_id: 1,
  source: 'https://i.pximg.net/img-original/img/2024/03/09/18/00/12/199100001_p0.png',
  md5: MD5,
  rating: 's',
  pixiv_id: 199100001,
  is_deleted: false,
  media_asset: { id: 1, md5: MD5, variants: [] },
  tag_string: 'aoi_hoshino_(starlit_harbor) inkwell_otter smile solo starlit_harbor highres',
  tag_string_general: 'solo smile',
  tag_string_character: 'aoi_hoshino_(starlit_harbor)',
  tag_string_copyright: 'starlit_harbor',
  tag_string_artist: 'inkwell_otter',
  tag_string_meta: 'highres',
  category: 'danbooru',
  subcategory: 'post',
  filename: MD5,
  extension: 'jpg',
};

/** since version 1.27 the same tags come as lists as well */
export const DANBOORU_WITH_LISTS = {
  ...DANBOORU,
  tags: ['aoi_hoshino_(starlit_harbor)', 'inkwell_otter', 'smile', 'solo', 'starlit_harbor', 'highres'],
  tags_general: ['solo', 'smile'],
  tags_character: ['aoi_hoshino_(starlit_harbor)'],
  tags_copyright: ['starlit_harbor'],
  tags_artist: ['inkwell_otter'],
  tags_meta: ['highres'],
};

export const YANDERE = {
  id: 990051,
  tags: 'armor inkwell_otter starlit_harbor sword tea_with_otters',
  created_at: 1325376000,
  source: 'http://www.pixiv.net/member_illust.php?mode=medium&illust_id=199100001',
  md5: MD5,
  rating: 's',
  category: 'yandere',
  subcategory: 'tag',
  date: '2012-01-01 00:00:00',
};

/** with `"tags": true`, for which gallery-dl reads the page */
export const YANDERE_SORTED = {
  ...YANDERE,
  tags_artist: 'inkwell_otter',
  tags_circle: 'tea_with_otters',
  tags_copyright: 'starlit_harbor',
  tags_general: 'armor sword',
};

export const GELBOORU = {
  id: 9900004,
  created_at: 'Sat Jan 01 12:30:00 -0600 2022',
  md5: MD5,
  rating: 'questionable',
  source: 'https://twitter.com/nine_herons/status/9100000000000000041 https://example.com/a?b=1&amp;c=2',
  tags: '1girl &gt;_&lt; don&#039;t_say_&quot;lazy&quot; smile',
  category: 'gelbooru',
  subcategory: 'tag',
  date: '2022-01-01 18:30:00',
};

/** its attributes come from XML, all of them as text */
export const SAFEBOORU = {
  id: '990011',
  md5: MD5,
  rating: 'safe',
  score: '',
  source: '',
  tags: 'dc_comics inkwell_otter solo tagme',
  tags_artist: 'inkwell_otter',
  tags_general: 'solo',
  tags_metadata: 'tagme',
  category: 'safebooru',
  subcategory: 'post',
};

export const E621 = {
  id: 9900035,
  created_at: '2022-05-16T13:58:38.877-04:00',
  file: { width: 809, height: 475, ext: 'png', md5: MD5, url: `https://static1.e621.net/data/01/23/${MD5}.png` },
  rating: 's',
  sources: ['https://www.furaffinity.net/view/1', 'https://twitter.com/nine_herons/status/9100000000000000041'],
  tags: {
    general: ['smile', 'solo'],
    species: ['otter'],
    character: ['inky_(inkwell)'],
    copyright: ['starlit_harbor'],
    artist: ['inkwell_otter'],
    invalid: ['simle'],
    lore: [],
    meta: ['hi_res'],
  },
  category: 'e621',
  subcategory: 'post',
};

export const PIXIV = {
  id: 199100001,
  title: '《 港の夜 》',
  create_date: '2024-03-09T18:00:12+09:00',
  date: '2024-03-09 09:00:12',
  rating: 'R-18',
  tags: ['オリジナル', '風景', '女の子'],
  user: { id: 991000, name: '川獺インク', account: 'inkwell_otter' },
  url: 'https://i.pximg.net/img-original/img/2024/03/09/18/00/12/199100001_p0.png',
  num: 0,
  category: 'pixiv',
  subcategory: 'user',
};

/** as text, since the number is beyond what a JavaScript number holds */
export const TWITTER = `{
    "tweet_id": 9100000000000000041,
    "retweet_id": 0,
    "date": "2024-02-29 23:59:59",
    "author": {"id": 991000, "name": "nine_herons", "nick": "九鷺", "date": "2015-01-12 10:25:22"},
    "user": {"name": "somebody_else"},
    "source": "Twitter Web App",
    "hashtags": ["art"],
    "content": "new picture 🌄",
    "num": 1,
    "category": "twitter",
    "subcategory": "user"
}`;

export const DEVIANTART = {
  deviationid: 'AAAAAAAA-0000-0000-0000-000000000000',
  url: 'https://www.deviantart.com/inkwellotter/art/Harbor-Night-612345678',
  title: "Harbor Night, or 'Rain'",
  author: { username: 'InkwellOtter' },
  username: 'inkwellotter',
  index: 612345678,
  date: '2016-06-01 10:20:30',
  published_time: 1464776430,
  tags: [{ tag_name: 'harbor' }],
  category: 'deviantart',
  subcategory: 'gallery',
};

export const ARTSTATION = {
  id: 12345678,
  hash_id: 'LQ0Jr9',
  title: 'Harbor study',
  user: { username: 'inkwell', full_name: 'Inkwell Otter' },
  tags: ['harbor'],
  created_at: '2017-12-30T18:52:04.123-06:00',
  category: 'artstation',
  subcategory: 'user',
};
