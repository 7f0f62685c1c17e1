"""How social texts are built: what all share, and what a moment, a question and a tip each say.

English and Chinese stand side by side. Facts of a post: ``doing`` (its activity), ``friend``,
``thing``, ``number``, and ``one`` and ``other``, of which a question asks for the better.
"""

from __future__ import annotations

from typing import Final

from core.catalog.worlds.grammar import ParallelRules
from core.catalog.worlds.social.texts.people import NAMES, PERSONS

FACTS: Final = ("doing", "friend", "thing", "number", "one", "other")
"""What a post brings along."""

FRAME: Final[ParallelRules] = {
    "name": NAMES,
    "person": PERSONS,
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
    "span": (
        ("a week", "一个星期"),
        ("ten days", "十天"),
        ("two weeks", "两个星期"),
        ("three weeks", "三个星期"),
        ("a month", "一个月"),
        ("six weeks", "一个半月"),
        ("two months", "两个月"),
        ("three months", "三个月"),
        ("half a year", "半年"),
        ("a whole year", "一整年"),
    ),
    "treat": (
        ("a lemon cake", "一个柠檬蛋糕"),
        ("a flask of tea", "一壶热茶"),
        ("a bag of peanuts", "一袋花生"),
        ("cheese sandwiches", "芝士三明治"),
        ("a deck of cards", "一副扑克牌"),
        ("a box of dates", "一盒椰枣"),
        ("fresh strawberries", "一盒草莓"),
        ("rice crackers", "一包米饼"),
        ("a melon", "一个甜瓜"),
        ("plum jam", "一罐李子酱"),
        ("oat biscuits", "一包燕麦饼干"),
        ("a crossword", "一本填字游戏"),
        ("a bunch of grapes", "一串葡萄"),
        ("ginger sweets", "一包姜糖"),
        ("a loaf of rye bread", "一条黑麦面包"),
        ("roasted chestnuts", "一袋糖炒栗子"),
    ),
    "tags": (
        ("{tag} {formtag}", "{tag} {formtag}"),
        ("{moodtag} {formtag}", "{moodtag} {formtag}"),
        ("{moodtag} {tag}", "{moodtag} {tag}"),
        ("{tag} {moodtag}", "{tag} {moodtag}"),
        ("{formtag} {moodtag}", "{formtag} {moodtag}"),
    ),
    "stop": ((".", "。"), (".", "。"), (".", "。"), ("!", "！")),
    "opener": (
        ("honestly, {person} and I think so: ", "说真的，{person}和我都这么想，"),
        ("@{name}, look: ", "@{name} 快看，"),
        ("{person} and I agree: ", "{person}和我都觉得，"),
        ("reading this with {person}: ", "正和{person}一起看，"),
        ("@{name} and I say the same: ", "我和@{name} 想的一样，"),
        ("as {person} would say, ", "用{person}的话说，"),
        ("{span} on this app and I mean it: ", "刷了{span}头一回这么说，"),
        ("{person} sent me this: ", "{person}转给我的，"),
        ("message to @{name}: ", "@{name} 你看看，"),
        ("well, {name}, ", "{name}啊，"),
        ("{name} was right: ", "{name}说得没错，"),
        ("quick note from {person} and me: ", "替{person}也留一句，"),
        ("hello from {name}'s sofa: ", "在{name}家刷到的，"),
        ("I showed {person}: ", "给{person}看了，"),
        ("@{name}, are you reading this: ", "@{name} 看到没有，"),
        ("greetings from {person}, too: ", "{person}也问你好，"),
    ),
    "description": (("{start} {middle} {end}", "{start}{middle}{end}"),),
}
"""Rules that every post uses."""

FORMS: Final[dict[str, ParallelRules]] = {
    "moment": {
        "formtag": (
            ("#diary", "#日记"),
            ("#todaysmoment", "#今日份"),
            ("#everydaylife", "#日常"),
            ("#momentslikethese", "#记录生活"),
            ("#withfriends", "#和朋友一起"),
            ("#lifelog", "#生活碎片"),
        ),
        "title": (
            (
                "{head}: {doing} with {friend}, part {number}",
                "{head}：和{friend}{doing}的第{number}回",
            ),
            (
                "{friend} and I, {doing} diary, page {number}: {head}",
                "{friend}和我的{doing}日记第{number}页：{head}",
            ),
            (
                "{doing} with {friend}, {person} and {thing}: {head}",
                "和{friend}、{person}{doing}，还有{thing}：{head}",
            ),
            (
                "day {number} of {doing} with {friend}: {head}",
                "和{friend}{doing}的第{number}天：{head}",
            ),
            (
                "{doing} with {friend} and {thing}, day {number}: {head}",
                "和{friend}带着{thing}{doing}，第{number}天：{head}",
            ),
            (
                "{doing} with {friend}, moment {number}: {head}",
                "和{friend}{doing}的第{number}个瞬间：{head}",
            ),
        ),
        "line": (
            ("{doing} with {friend}: {head} {tags}", "和{friend}{doing}，{head} {tags}"),
            ("{head}: {doing} with {friend} {tags}", "{head}，和{friend}{doing} {tags}"),
            ("{friend}, {doing}, {head} {tags}", "{friend}，{doing}，{head} {tags}"),
            ("{doing} diary {number}: {head} {tags}", "{doing}日记{number}：{head} {tags}"),
        ),
        "start": (
            (
                "our {doing} diary with {friend}, page {number}: {event}.",
                "和{friend}的{doing}日记，第{number}页：{event}。",
            ),
            (
                "{friend} brought {thing}, {event}, and {feel}.",
                "{friend}带来了{thing}，{event}，{feel}。",
            ),
            (
                "after {span} without {doing}, {friend} and I did it again: {event}, and {feel}.",
                "隔了{span}没{doing}，又和{friend}凑到一起：{event}，{feel}。",
            ),
            (
                "{person} took {friend} and me along: {event}, and {feel}.",
                "{person}带上了我和{friend}：{event}，{feel}。",
            ),
            (
                "guess what happened with {friend} and {person}: {event}.",
                "今天跟{friend}和{person}在一起：{event}。",
            ),
            (
                "{event}, {friend} took photo {number}, and {feel}.",
                "{event}，{friend}拍下第{number}张照片，{feel}。",
            ),
        ),
        "middle": (
            (
                "{person} and {name} asked how it was with {thing}: {feel}.",
                "{person}和{name}问我带着{thing}感觉怎么样：{feel}。",
            ),
            (
                "{number} photos of {thing} later, I can tell {person}: {feel}.",
                "给{thing}拍了{number}张照片，就想跟{person}说：{feel}。",
            ),
            (
                "{name} liked {thing} best, {person} liked the company, and {feel}.",
                "{name}最喜欢{thing}，{person}最喜欢有人做伴，而我呢，{feel}。",
            ),
            (
                "with {name}, {person} and {thing} around me, {feel}.",
                "身边有{name}、{person}，还有{thing}，{feel}。",
            ),
            (
                "{person} laughs at {thing}, {name} does not, and {feel}.",
                "{person}笑话{thing}，{name}可没笑，{feel}。",
            ),
        ),
        "end": (
            (
                "next time {person} comes along with {few} friends and {treat}, and {hope}.",
                "下次{person}也来，带{few}个朋友，还有{treat}，{hope}。",
            ),
            (
                "in {span} {name} and I meet again over {treat}, and {hope}.",
                "过{span}再约上{name}，带{treat}，{hope}。",
            ),
            (
                "{name} has a plan for the next {few} weekends, {person} has {treat}, and {hope}.",
                "接下来{few}个周末{name}都排好了，{person}负责{treat}，{hope}。",
            ),
            (
                "thank you, {friend}, see you in {span} with {treat}: {hope}.",
                "谢谢{friend}，过{span}带上{treat}再见，{hope}。",
            ),
            (
                "{person} wants to join in {span} and bring {treat}, and {hope}.",
                "{person}说过{span}也要来，还要带{treat}，{hope}。",
            ),
        ),
        "comment": (
            ("{opener}{react}, and {why}{stop}", "{opener}{react}，{why}{stop}"),
            (
                "@{name}, you and {person} should see this: {react}, and {why}{stop}",
                "@{name} 你和{person}都该看看，{react}，{why}{stop}",
            ),
            (
                "I showed your {doing} post to {person} and {name}: {react}, and {why}{stop}",
                "把你这条{doing}帖转给{person}和{name}看了，{react}，{why}{stop}",
            ),
            (
                "{friend} and {thing} in one post: {react}, and {why}{stop}",
                "{friend}配上{thing}，{react}，{why}{stop}",
            ),
            (
                "{span} later {person} and I come back to this: {react}, and {why}{stop}",
                "过了{span}又和{person}翻回来看，{react}，{why}{stop}",
            ),
            (
                "{name} and {person} were there too: {react}, and {why}{stop}",
                "{name}和{person}当时也在，{react}，{why}{stop}",
            ),
            ("@{name} @{name} {doing}: {react}{stop}", "@{name} @{name} {doing}啊，{react}{stop}"),
            (
                "{name}, {thing} and {doing}: {why}{stop}",
                "{name}，{thing}，再加上{doing}，{why}{stop}",
            ),
            ("@{name} @{name} {why}{stop}", "@{name} @{name} {why}{stop}"),
            (
                "wish {person} and I had been there with {name}: {react}, and {why}{stop}",
                "要是{person}和我也跟{name}去了就好了，{react}，{why}{stop}",
            ),
        ),
    },
    "question": {
        "formtag": (
            ("#question", "#求助"),
            ("#askingforafriend", "#替朋友问"),
            ("#helpmechoose", "#选哪个"),
            ("#needadvice", "#在线等"),
            ("#poll", "#投票"),
            ("#whatdoyouthink", "#你怎么看"),
        ),
        "title": (
            (
                "question {number}: {one} or {other}, {head}",
                "提问{number}：{one}还是{other}，{head}",
            ),
            (
                "{friend} asks: {one} or {other}, and {head}",
                "{friend}想问：{one}还是{other}，{head}",
            ),
            (
                "{head} for {friend}: {one} or {other}",
                "{head}，{friend}，你选{one}还是{other}",
            ),
            (
                "{doing}, round {number}, help {friend} and me choose: {one} or {other}",
                "第{number}回{doing}，帮{friend}和我选一选：{one}还是{other}",
            ),
            (
                "poll {number} with {friend}: {one} or {other}",
                "和{friend}的第{number}次投票：{one}还是{other}",
            ),
        ),
        "line": (
            ("{one} or {other}: {head} {tags}", "{one}还是{other}：{head} {tags}"),
            ("{friend} asks: {one} or {other} {tags}", "{friend}问：{one}还是{other} {tags}"),
            ("{head}: {one} or {other} {tags}", "{head}：{one}还是{other} {tags}"),
        ),
        "start": (
            (
                "{friend} says {one}, {person} says {other}: {ask}?",
                "{friend}说{one}，{person}说{other}：{ask}？",
            ),
            (
                "for {doing} with {friend} in {span}, {one} or {other}: {ask}?",
                "过{span}要和{friend}{doing}，{one}还是{other}：{ask}？",
            ),
            (
                "{friend} and I have argued for {span}, {one} or {other}: {ask}?",
                "和{friend}争了{span}，{one}还是{other}：{ask}？",
            ),
            (
                "{doing} question {number} from {friend} and me, {one} or {other}: {ask}?",
                "{friend}和我关于{doing}的第{number}个问题，{one}还是{other}：{ask}？",
            ),
            (
                "help, {friend} and {person} cannot agree on {one} or {other}: {ask}?",
                "求助，{friend}和{person}在{one}和{other}之间争不出结果：{ask}？",
            ),
        ),
        "middle": (
            (
                "so far I have tried {one} with {name} and {thing}, and {feel}.",
                "目前只和{name}试过{one}，加上{thing}，{feel}。",
            ),
            (
                "{person} has put {thing} aside for me, {name} dreams of {other}, and {feel}.",
                "{person}连{thing}都给我备好了，{name}惦记着{other}，{feel}。",
            ),
            (
                "when {name} and {person} talk about {one}, {feel}.",
                "{name}和{person}一说起{one}，{feel}。",
            ),
            (
                "{name} votes for {other}, {person} only for {thing}, and {feel}.",
                "{name}投{other}，{person}只投{thing}，而我呢，{feel}。",
            ),
            (
                "whatever {name} and {person} choose, {thing} will be there, and {feel}.",
                "不管{name}和{person}选哪个，{thing}都少不了，{feel}。",
            ),
        ),
        "end": (
            (
                "tell {friend} and me in the comments, {person} decides in {span}, and {hope}.",
                "评论里告诉我和{friend}吧，过{span}就由{person}拍板，{hope}。",
            ),
            (
                "{name} and {person} are counting your votes, and {hope}.",
                "{name}和{person}在数大家的票，{hope}。",
            ),
            (
                "the best answer wins {treat} from {name} in {span}, and {hope}.",
                "答得最好的，{name}过{span}送上{treat}，{hope}。",
            ),
            (
                "we decide in {span}, {person} and {name} included, so vote: {hope}.",
                "过{span}就和{person}、{name}一起定，快来投票：{hope}。",
            ),
            (
                "please ask {person} or {name} too if you do not know, and {hope}.",
                "你要是不知道，也帮忙问问{person}或者{name}，{hope}。",
            ),
        ),
        "pick": (("{one}", "{one}"), ("{other}", "{other}")),
        "comment": (
            ("{opener}{pick} for me, {why}{stop}", "{opener}我选{pick}，{why}{stop}"),
            (
                "@{name} @{name} {pick}, right: {react}{stop}",
                "@{name} @{name} 当然选{pick}，{react}{stop}",
            ),
            (
                "@{name} says {pick}, and so do I: {why}{stop}",
                "@{name} 觉得{pick}好，我也是，{why}{stop}",
            ),
            (
                "{person} and {name} would both take {pick}: {react}, and {why}{stop}",
                "{person}和{name}都会选{pick}，{react}，{why}{stop}",
            ),
            (
                "one vote for {pick} from {person}, another from {name}: {why}{stop}",
                "替{person}给{pick}投一票，{name}也投一票，{why}{stop}",
            ),
            (
                "@{name}, answer this one with {person}: {react}, and {why}{stop}",
                "@{name} 你和{person}来答，{react}，{why}{stop}",
            ),
            (
                "{pick}, as {person} told {friend} in {span}: {react}, and {why}{stop}",
                "选{pick}，{person}跟{friend}都说了{span}了，{react}，{why}{stop}",
            ),
            (
                "good {doing} question, {person} and I will ask {name}: {react}, and {why}{stop}",
                "{doing}这个问题问得好，我和{person}去问问{name}，{react}，{why}{stop}",
            ),
            (
                "I asked myself the same {span} ago with {person}: {react}, and {why}{stop}",
                "{span}前我和{person}也问过这个，{react}，{why}{stop}",
            ),
        ),
    },
    "tip": {
        "formtag": (
            ("#tip", "#小技巧"),
            ("#howto", "#教程"),
            ("#lifehack", "#妙招"),
            ("#goodtoknow", "#实用干货"),
            ("#trythis", "#亲测有效"),
            ("#tipoftheday", "#每日一招"),
        ),
        "title": (
            ("{head}: {friend}'s {doing} tip {number}", "{head}：{friend}的{doing}小技巧{number}"),
            (
                "{doing} tip {number}: {head}, says {friend}",
                "{doing}妙招{number}：{friend}说，{head}",
            ),
            (
                "{number} rounds of {doing} with {friend}, one tip: {head}",
                "和{friend}{doing}{number}次，总结一条：{head}",
            ),
            (
                "{doing} tip {number}, learned from {friend}: {head}",
                "跟{friend}学{doing}的第{number}招：{head}",
            ),
            (
                "a {doing} tip about {thing}, from {friend}: {head}",
                "{friend}教的{doing}小技巧，关于{thing}：{head}",
            ),
        ),
        "line": (
            ("{friend}'s {doing} tip: {head} {tags}", "{friend}的{doing}妙招：{head} {tags}"),
            ("{doing} tip {number}: {head} {tags}", "{doing}妙招{number}：{head} {tags}"),
            ("{head}: {friend} on {doing} {tags}", "{head}，{friend}教你{doing} {tags}"),
        ),
        "start": (
            (
                "{doing} tip {number}, learned from {friend}: {advice}.",
                "{doing}小技巧第{number}条，跟{friend}学的：{advice}。",
            ),
            (
                "{person} taught {friend} and me this trick in {few} minutes: {advice}.",
                "{person}花{few}分钟教会我和{friend}一招：{advice}。",
            ),
            (
                "if {friend} and {person} agree on one tip, it is this: {advice}.",
                "{friend}和{person}都认准的一条建议：{advice}。",
            ),
            (
                "{number} mistakes later I tell {friend} and you: {advice}.",
                "踩过{number}个坑，我跟{friend}也跟大家说一句：{advice}。",
            ),
            (
                "a tip from {friend} that saved me {span} of trouble with {thing}: {advice}.",
                "{friend}的一个妙招，让我少为{thing}折腾{span}：{advice}。",
            ),
        ),
        "middle": (
            (
                "I do it with {person}, {name} and {thing} now, and {feel}.",
                "现在我和{person}、{name}都这么做，带上{thing}，{feel}。",
            ),
            (
                "{name} and I needed {span} to find out, but with {thing} to hand, {feel}.",
                "我和{name}摸索了{span}才明白，手边再有{thing}，{feel}。",
            ),
            (
                "it has worked {number} times with {thing}, {person} counted, and {feel}.",
                "{person}数过，配上{thing}已经管用了{number}次，{feel}。",
            ),
            (
                "{name} and {person} have used the trick for {span}, and {feel}.",
                "{name}和{person}用这招用了{span}，我也一样，{feel}。",
            ),
            (
                "follow it as {name} and {person} do and you will see why {feel}.",
                "跟着{name}和{person}这么做，就知道为什么{feel}。",
            ),
        ),
        "end": (
            (
                "try it with {person} and {name} for {span}, and {hope}.",
                "和{person}、{name}一起试{span}吧，{hope}。",
            ),
            (
                "pass the tip on to {name} and {person} over {treat}, and {hope}.",
                "带上{treat}，把这招教给{name}和{person}，{hope}。",
            ),
            (
                "save this post for {name} or {person}, you will need it in {span}: {hope}.",
                "收藏好，过{span}{name}或者{person}用得上：{hope}。",
            ),
            (
                "{name} promised me another trick in {span}, with {person}, and {hope}.",
                "{name}答应过{span}和{person}再教一招，{hope}。",
            ),
            (
                "write your own tip below, {person} and {name} collect them, and {hope}.",
                "你也在下面写一招，{person}和{name}都收着，{hope}。",
            ),
        ),
        "comment": (
            (
                "{opener}great {doing} tip, {react}, and {why}{stop}",
                "{opener}{doing}的好招，{react}，{why}{stop}",
            ),
            (
                "@{name} @{name} a tip for us: {react}{stop}",
                "@{name} @{name} 学一招，{react}{stop}",
            ),
            (
                "@{name} @{name} this trick works: {why}{stop}",
                "@{name} @{name} 这招管用，{why}{stop}",
            ),
            (
                "thanks for the {doing} tip, {person} and {name} tried it: {react}, and {why}{stop}",
                "谢谢支招，{person}和{name}{doing}时都试了，{react}，{why}{stop}",
            ),
            (
                "@{name}, save this trick for {person}: {react}, and {why}{stop}",
                "@{name} 替{person}收藏这招，{react}，{why}{stop}",
            ),
            (
                "it worked for {person} and me within {span}: {react}, and {why}{stop}",
                "我和{person}照做了{span}，管用，{react}，{why}{stop}",
            ),
            (
                "{friend} gives the best advice about {thing}: {react}, and {why}{stop}",
                "关于{thing}还是{friend}最懂，{react}，{why}{stop}",
            ),
            (
                "I have told {person} and {name} to do it this way: {react}, and {why}{stop}",
                "已经叫{person}和{name}都照做，{react}，{why}{stop}",
            ),
            (
                "{name} swears by this method, {person} too: {react}, and {why}{stop}",
                "{name}和{person}都认这个方法，{react}，{why}{stop}",
            ),
        ),
    },
}
"""Rules of each form of post."""
