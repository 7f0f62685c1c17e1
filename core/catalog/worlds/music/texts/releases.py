"""How music texts are built: what all share, and what a single, an album track and a concert each say.

English and Chinese stand side by side. Facts of a track: ``track``, ``record`` and ``artist``
(names), ``venue``, ``number``, ``genre`` and ``a_genre``.
"""

from __future__ import annotations

from typing import Final

from core.catalog.worlds.grammar import ParallelRules

FACTS: Final = ("track", "record", "artist", "venue", "number", "genre", "a_genre")
"""What a track brings along."""

FRAME: Final[ParallelRules] = {
    "few": (
        ("three", "三"),
        ("four", "四"),
        ("five", "五"),
        ("six", "六"),
        ("seven", "七"),
        ("eight", "八"),
        ("nine", "九"),
    ),
    "few_th": (
        ("third", "三"),
        ("fourth", "四"),
        ("fifth", "五"),
        ("sixth", "六"),
        ("seventh", "七"),
        ("eighth", "八"),
    ),
    "person": (
        ("my sister", "我姐"),
        ("my brother", "我弟"),
        ("my mother", "我妈"),
        ("my father", "我爸"),
        ("my flatmate", "我室友"),
        ("my neighbour", "我邻居"),
        ("my aunt", "我姑姑"),
        ("my uncle", "我舅舅"),
        ("my grandmother", "我外婆"),
        ("my best friend", "我闺蜜"),
        ("my daughter", "我女儿"),
        ("my son", "我儿子"),
        ("my bandmate", "我乐队的哥们"),
        ("my music teacher", "我的音乐老师"),
        ("my hairdresser", "我的理发师"),
        ("my colleague", "我同事"),
        ("my cousin", "我表妹"),
        ("my dentist", "我的牙医"),
        ("my landlord", "我房东"),
        ("my running partner", "我跑友"),
    ),
    "where": (
        ("on the tram", "坐电车"),
        ("over the washing-up", "洗碗"),
        ("in the kitchen", "在厨房忙活"),
        ("in the waiting room", "候诊"),
        ("on the way to work", "赶去上班"),
        ("while ironing", "熨衣服"),
        ("in the bathtub", "泡澡"),
        ("at the bus stop", "等公交"),
        ("at the laundrette", "在洗衣店"),
        ("on the night bus", "坐末班车"),
        ("at breakfast", "吃早饭"),
        ("in the library", "泡图书馆"),
        ("while peeling potatoes", "削土豆"),
        ("at the gym", "健身"),
        ("on the balcony", "在阳台晾衣服"),
        ("while packing boxes", "打包搬家"),
        ("on a long walk", "散步"),
        ("at the record shop", "逛唱片店"),
        ("on the ferry", "坐渡轮"),
        ("while painting the fence", "刷栅栏"),
        ("in the queue at the post office", "在邮局排队"),
        ("over homework", "写作业"),
        ("in bed", "躺在床上"),
        ("on the train", "坐火车"),
    ),
    "times": (
        ("twice", "两遍"),
        ("three times", "三遍"),
        ("four times", "四遍"),
        ("five times", "五遍"),
        ("ten times", "十遍"),
        ("a dozen times", "十几遍"),
        ("for days", "好几天"),
        ("for a whole week", "一整个星期"),
        ("for a month", "一个月"),
        ("over and over", "一遍又一遍"),
    ),
    "opener": (
        ("honestly, {artist}, ", "说真的，{artist}，"),
        ("{person} and I agree: ", "{person}和我都觉得，"),
        ("listening {where}: ", "{where}的时候听的，"),
        ("{person} sent me this: ", "{person}发给我的，"),
        ("found it {where}: ", "{where}时偶然听到，"),
        ("as {person} says, ", "用{person}的话说，"),
        ("I played it to {person}: ", "放给{person}听了，"),
        ("to {artist}: ", "想对{artist}说，"),
        ("heard it {times}: ", "前后听了{times}，"),
        ("{person} was right: ", "{person}说得没错，"),
        ("note to {artist} from {person} and me: ", "替{person}也给{artist}留句话，"),
        ("{where} with {person}: ", "{where}时和{person}一起听，"),
    ),
    "stop": ((".", "。"), (".", "。"), (".", "。"), ("!", "！")),
    "description": (("{start} {middle} {end}", "{start}{middle}{end}"),),
    "middle": (
        (
            "in the best {genre} tradition, {artist} {craft}, and {effect}.",
            "{artist}按{genre}的老规矩，{craft}，{effect}。",
        ),
        (
            "for this piece of {genre}, {artist} {craft}: {effect}.",
            "为了这首{genre}，{artist}{craft}，{effect}。",
        ),
        (
            "with a nod to {kin}, {artist} {craft}, and {effect}.",
            "带着点{kin}的味道，{artist}{craft}，{effect}。",
        ),
        (
            "{genre} insiders say that {artist} {craft}, and indeed {effect}.",
            "{genre}圈里都知道，{artist}{craft}，果然，{effect}。",
        ),
    ),
    "remark": (
        (
            "{part} in ‘{track}’: {react}, and {why}{stop}",
            "《{track}》的{part}，{react}，{why}{stop}",
        ),
        (
            "it is {part} for me: {react}, says {person}, and {why}{stop}",
            "我最爱{part}，{person}也说{react}，{why}{stop}",
        ),
        ("{artist} plus {part}, {where}: {why}{stop}", "{where}时听{artist}的{part}，{why}{stop}"),
        (
            "I know a lot of {genre}, but {artist}: {react}, and {why}{stop}",
            "{genre}我听得不少，但{artist}这首，{react}，{why}{stop}",
        ),
    ),
    "end": (
        (
            "put ‘{track}’, {adjective} tune, between {kin} and {kin}: {effect}.",
            "把这首{adjective}《{track}》放在{kin}和{kin}之间听，{effect}。",
        ),
        (
            "{fans} have played it {number} times this week, {adjective} favourite: {effect}.",
            "{fans}这周把这首{adjective}曲子放了{number}遍：{effect}。",
        ),
        (
            "{fans} thought they knew {kin}, then came {artist}, {adjective} surprise: {effect}.",
            "{fans}以为自己很懂{kin}，听了{artist}这首{adjective}曲子才懂：{effect}。",
        ),
        (
            "{adjective} find that {fans} file next to {kin}, number {number} in our {genre} list: {effect}.",
            "{fans}把这首{adjective}曲子归在{kin}旁边，本站{genre}榜第{number}名：{effect}。",
        ),
        (
            "{fans} sent us {number} letters about ‘{track}’, {adjective} discovery: {effect}.",
            "{fans}为这首{adjective}《{track}》写来{number}封信：{effect}。",
        ),
    ),
}
"""Rules that every track uses."""

RELEASES: Final[dict[str, ParallelRules]] = {
    "single": {
        "title": (
            ("{track} – {artist}", "{artist}《{track}》"),
            ("{track} (single) – {artist}", "{artist}《{track}》（单曲）"),
        ),
        "line": (
            (
                "{head}, {a_genre} single by {artist} {tag}",
                "{head}，{artist}的{genre}单曲 {tag}",
            ),
            (
                "{adjective} {genre} single by {artist} {tag} {praisetag}",
                "{artist}{adjective}{genre}单曲 {tag} {praisetag}",
            ),
            (
                "{artist}, new {genre} single: {head} {tag}",
                "{artist}{genre}新单曲：{head} {tag}",
            ),
        ),
        "start": (
            (
                "‘{track}’ is {adjective} {genre} single by {artist}: {head}.",
                "《{track}》是{artist}{adjective}{genre}单曲：{head}。",
            ),
            (
                "{artist} releases ‘{track}’ as a single, {adjective} piece of {genre}: {head}.",
                "{artist}发行单曲《{track}》，{adjective}{genre}：{head}。",
            ),
            (
                "new single out now, ‘{track}’ by {artist}, {adjective} {genre} tune: {head}.",
                "新单曲上架，{artist}的《{track}》，{adjective}{genre}：{head}。",
            ),
            (
                "{artist} needs no album, just this one single, ‘{track}’, {adjective} {genre} tune: {head}.",
                "{artist}没出专辑，只凭这首{adjective}{genre}单曲《{track}》：{head}。",
            ),
        ),
        "review": (
            ("{opener}{react}, and {why}{stop}", "{opener}{react}，{why}{stop}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            (
                "I have had this {genre} single on repeat {where} with {person}: {react}, and {why}{stop}",
                "{where}时和{person}循环这首{genre}单曲，{react}，{why}{stop}",
            ),
            (
                "one {genre} single and {artist} has won me over: {react}, and {why}{stop}",
                "一首{genre}单曲就让我爱上了{artist}，{react}，{why}{stop}",
            ),
            (
                "best {genre} single of the year for {person} and me: {react}, and {why}{stop}",
                "我和{person}心里的年度{genre}单曲，{react}，{why}{stop}",
            ),
            (
                "I heard this {genre} single {times} and bought it for {person}: {react}, and {why}{stop}",
                "这首{genre}单曲我听了{times}，又给{person}买了一份，{react}，{why}{stop}",
            ),
            (
                "‘{track}’ {where}, {times}: {why}{stop}",
                "{where}时把《{track}》听了{times}，{why}{stop}",
            ),
            (
                "{person}, no friend of {genre}, asked for ‘{track}’ {where}: {react}{stop}",
                "{person}平时不听{genre}，{where}时却点名要《{track}》，{react}{stop}",
            ),
        ),
    },
    "album": {
        "title": (
            ("{track} – {artist} (album track)", "{artist}《{track}》（专辑曲目）"),
            ("{track} – {artist}, from ‘{record}’", "{artist}《{track}》，选自专辑《{record}》"),
        ),
        "line": (
            (
                "{head}, from {a_genre} album by {artist} {tag}",
                "{head}，选自{artist}的{genre}专辑 {tag}",
            ),
            (
                "{adjective} {genre} album track by {artist} {tag} {praisetag}",
                "{artist}{adjective}{genre}专辑曲目 {tag} {praisetag}",
            ),
            (
                "{artist}'s {genre} album: {head} {tag}",
                "{artist}的{genre}专辑：{head} {tag}",
            ),
        ),
        "start": (
            (
                "track {place} of {artist}'s album ‘{record}’ is {adjective} {genre} piece: {head}.",
                "{artist}专辑《{record}》的第{place}首，{adjective}{genre}：{head}。",
            ),
            (
                "on the album ‘{record}’ {artist} kept {adjective} {genre} tune for track {place}: {head}.",
                "{artist}把{adjective}{genre}留在专辑《{record}》第{place}首：{head}。",
            ),
            (
                "the new album by {artist}, ‘{record}’, holds {adjective} {genre} track: {head}.",
                "{artist}的新专辑《{record}》里有一首{adjective}{genre}：{head}。",
            ),
            (
                "‘{track}’ is on {artist}'s album ‘{record}’, {adjective} {genre} collection: {head}.",
                "《{track}》选自{artist}的专辑《{record}》，整张都是{adjective}{genre}：{head}。",
            ),
        ),
        "review": (
            ("{opener}{react}, and {why}{stop}", "{opener}{react}，{why}{stop}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            (
                "I played the whole {genre} album {where} with {person}: {react}, and {why}{stop}",
                "{where}时和{person}把整张{genre}专辑听完，{react}，{why}{stop}",
            ),
            (
                "the rest of ‘{record}’ is good too, but this track: {react}, and {why}{stop}",
                "整张《{record}》都不错，但这首最好，{react}，{why}{stop}",
            ),
            (
                "{person} played it {times}, best {genre} track of the album: {react}, and {why}{stop}",
                "{person}听了{times}，说是全专辑最好的{genre}，{react}，{why}{stop}",
            ),
            (
                "{person} gave me this {genre} album and I heard it {where}: {react}, and {why}{stop}",
                "{person}送我的{genre}专辑，{where}时听的，{react}，{why}{stop}",
            ),
            (
                "track {place} by {artist}, pure {genre}, {where}, {times}: {why}{stop}",
                "{artist}专辑的第{place}首，纯正的{genre}，{where}时听了{times}，{why}{stop}",
            ),
            (
                "I bought ‘{record}’ for ‘{track}’ alone: {react}{stop}",
                "只为《{track}》就买了整张《{record}》，{react}{stop}",
            ),
        ),
        "place": (
            ("two", "二"),
            ("ten", "十"),
            ("eleven", "十一"),
            ("twelve", "十二"),
        ),
    },
    "live": {
        "title": (
            ("{track} (live) – {artist}", "{artist}《{track}》（现场版）"),
            ("{track} – {artist}, live at {venue}", "{artist}《{track}》，{venue}现场"),
        ),
        "line": (
            (
                "{head}, {artist} in concert, {genre} {tag}",
                "{head}，{artist}{genre}演出 {tag}",
            ),
            (
                "{adjective} {genre} concert by {artist} {tag} {praisetag}",
                "{artist}{adjective}{genre}演出实录 {tag} {praisetag}",
            ),
            (
                "{artist} live, {genre} on stage: {head} {tag}",
                "{artist}{genre}现场：{head} {tag}",
            ),
        ),
        "start": (
            (
                "live at {venue} before {number} people: ‘{track}’, {adjective} {genre} piece, {head}.",
                "《{track}》，{adjective}{genre}，录于{venue}现场，台下坐着{number}位观众：{head}。",
            ),
            (
                "{number} people came to {venue} for {artist} live, {adjective} {genre} concert: {head}.",
                "{artist}在{venue}开唱，来了{number}位观众，一场{adjective}{genre}演出：{head}。",
            ),
            (
                "live at {venue}, {artist} plays ‘{track}’, {adjective} {genre} piece: {head}.",
                "{venue}演出实录：{artist}登台带来{adjective}{genre}《{track}》：{head}。",
            ),
            (
                "‘{track}’ was the encore when {artist} played {venue}, {adjective} {genre} concert: {head}.",
                "{artist}{venue}演出的返场曲《{track}》，{adjective}{genre}现场：{head}。",
            ),
        ),
        "review": (
            ("{opener}{react}, and {why}{stop}", "{opener}{react}，{why}{stop}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            ("{remark}", "{remark}"),
            (
                "I was at {venue} with {person}, near the stage: {react}, and {why}{stop}",
                "那天我和{person}就在{venue}的台前，{react}，{why}{stop}",
            ),
            (
                "{artist}'s {genre} concert was even better, {person} says: {react}, and {why}{stop}",
                "{person}说{artist}的{genre}现场比录音还好，{react}，{why}{stop}",
            ),
            (
                "wish {person} and I had been in the audience at {venue}: {react}, and {why}{stop}",
                "真希望那天我和{person}也在{venue}的台下，{react}，{why}{stop}",
            ),
            (
                "I played {artist}'s {genre} concert {where}, {times}: {react}, and {why}{stop}",
                "{where}时把{artist}的{genre}现场听了{times}，{react}，{why}{stop}",
            ),
            (
                "{artist} on stage, {person} and me in row {few}: {why}{stop}",
                "台上是{artist}，我和{person}坐第{few}排，{why}{stop}",
            ),
            (
                "{person} saw {artist} play {genre} live and played this {times}: {react}{stop}",
                "{person}看了{artist}的{genre}现场，回来又听了{times}，{react}{stop}",
            ),
        ),
    },
}
"""Rules of each kind of release."""
