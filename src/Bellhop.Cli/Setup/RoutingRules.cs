using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Cli.Setup;

/// <summary>The <c>routing</c> section: its declaration, its checks and the rules that are made of it.</summary>
internal static class RoutingRules
{
    /// <summary>In a rule's <c>sessions</c>: the session that the event names as its origin.</summary>
    private const string OriginWord = "origin";

    /// <summary>Names that Bellhop itself gives as the reason of a dropped delivery.</summary>
    private static readonly IReadOnlyList<string> Taken = ["adopted", "released"];

    public static readonly Setting Setting = new(
        "routing.rules",
        SettingKind.Objects,
        "[]",
        "Where machines' events go that name no terminal. The first rule that matches decides; without one central gets the event, and its origin too."
    )
    {
        IsLive = true,
        Example = """[{ "name": "builds", "type": "build.*", "sessions": ["gateway", "origin"] }]""",
        Fields =
        [
            new("name", SettingKind.Name, "null", "What receipts call it; each rule has its own.")
            {
                IsRequired = true,
                IsOptional = false,
            },
            new(
                "type",
                SettingKind.Text,
                "\"*\"",
                "What the event's type looks like: `*` is any run of characters, `?` one."
            ),
            new("source", SettingKind.Text, "\"*\"", "What its source looks like."),
            new(
                "sessions",
                SettingKind.List,
                "[]",
                "It goes exactly there. `gateway` is central, `origin` the session that the event names."
            ),
            new("drop", SettingKind.Flag, "false", "Nobody gets it; its receipt says which rule."),
            new("hold", SettingKind.Flag, "false", "It waits for `bellhop release`."),
        ],
        Check = Problem,
    };

    /// <summary>The section as the router wants it.</summary>
    public static RoutingOptions From(Configuration configuration) =>
        new()
        {
            AdoptAfter = configuration.Get<TimeSpan>("routing.adoptAfter"),
            Rules = [.. configuration.Get<IReadOnlyList<SettingObject>>(Setting.Path).Select(Rule)],
        };

    private static RoutingRule Rule(SettingObject rule)
    {
        var sessions = rule.Get<IReadOnlyList<string>>("sessions");
        return new RoutingRule
        {
            Name = rule.Name,
            Type = rule.Get<string>("type"),
            Source = rule.Get<string>("source"),
            Action =
                rule.Get<bool>("drop") ? RuleAction.Drop
                : rule.Get<bool>("hold") ? RuleAction.Hold
                : RuleAction.Sessions,
            Sessions = [.. sessions.Where(s => s != OriginWord).Select(SessionId.Parse)],
            ToOrigin = sessions.Contains(OriginWord),
        };
    }

    private static string? Problem(SettingObject rule)
    {
        var sessions = rule.Get<IReadOnlyList<string>>("sessions");
        var actions = (bool[])[sessions.Count > 0, rule.Get<bool>("drop"), rule.Get<bool>("hold")];
        if (actions.Count(given => given) != 1)
            return "needs exactly one of: \"sessions\": [\"gateway\"], \"drop\": true, \"hold\": true.";
        if (sessions.FirstOrDefault(s => s != OriginWord && !SessionId.TryParse(s, out _)) is { } wrong)
            return $"\"{wrong}\" is no session: 1 to 128 of A-Z a-z 0-9 . _ - and one '/', or the word {OriginWord}.";
        return Taken.Contains(rule.Name)
            ? $"the name is taken: a receipt's \"{rule.Name}\" means something else. Choose another."
            : null;
    }
}
