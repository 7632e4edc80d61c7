using Bellhop.Redis.Client;

namespace Bellhop.Redis.Store;

/// <summary>What to do while Redis is away.</summary>
internal enum WhenAway
{
    /// <summary>Say so: the caller has another way, or a person waits.</summary>
    Fail,

    /// <summary>Wait until it is back: the caller can do nothing before that.</summary>
    Wait,
}

/// <summary>One script of the store, put together from its file and the parts it begins with.</summary>
internal sealed record StoreScript(RedisScript Script, WhenAway WhenAway)
{
    /// <summary>A lane waits for the answer: see <see cref="RedisCommand.IsUrgent"/>. The default value is false.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Any gateway may run it, and it is stale only where we believe that we are central. The default value is false.</summary>
    public bool IsAnyones { get; init; }

    // Neither frees memory by itself, but what is under way must end, and old things be deleted, on a full server too.
    private const string Changing = "#!lua flags=allow-oom";
    private const string Growing = "#!lua";
    private const string Reading = "#!lua flags=no-writes";

    public static readonly StoreScript Open = Change("open", WhenAway.Wait);
    public static readonly StoreScript Append = Of(
        Growing,
        WhenAway.Fail,
        "prelude",
        "changes",
        "leasing",
        "append"
    ) with
    {
        IsUrgent = true,
    };
    public static readonly StoreScript Lease = Of(
        Changing,
        WhenAway.Wait,
        "prelude",
        "changes",
        "leasing",
        "lease"
    ) with
    {
        IsUrgent = true,
    };
    public static readonly StoreScript Injected = Turn("injected");
    public static readonly StoreScript Answered = Turn("answered") with { IsUrgent = true };
    public static readonly StoreScript Complete = Turn("complete") with { IsUrgent = true };
    public static readonly StoreScript Fault = Turn("fault");
    public static readonly StoreScript Release = Turn("release");
    public static readonly StoreScript Turns = Read("turns", WhenAway.Wait);
    public static readonly StoreScript Find = Read("find", WhenAway.Fail);
    public static readonly StoreScript Known = Read("known", WhenAway.Fail);
    public static readonly StoreScript List = Read("list", WhenAway.Fail);
    public static readonly StoreScript Replay = Change("replay", WhenAway.Fail);
    public static readonly StoreScript Reroute = Change("reroute", WhenAway.Fail);
    public static readonly StoreScript Dismiss = Change("dismiss", WhenAway.Fail);
    public static readonly StoreScript Waiting = Read("waiting", WhenAway.Fail);
    public static readonly StoreScript Oldest = Read("oldest", WhenAway.Fail);
    public static readonly StoreScript Take = Change("take", WhenAway.Wait);
    public static readonly StoreScript Report = Change("report", WhenAway.Wait);
    public static readonly StoreScript Abandon = Change("abandon", WhenAway.Wait);
    public static readonly StoreScript Join = Change("join", WhenAway.Wait);
    public static readonly StoreScript Leave = Change("leave", WhenAway.Wait);
    public static readonly StoreScript Sessions = Read("sessions", WhenAway.Fail);
    public static readonly StoreScript Adopt = Change("adopt", WhenAway.Wait) with { IsAnyones = true };
    public static readonly StoreScript AdoptSession = Change("adopt_session", WhenAway.Wait) with { IsAnyones = true };
    public static readonly StoreScript HandOver = Change("hand_over", WhenAway.Wait) with { IsAnyones = true };
    public static readonly StoreScript TakeOff = Change("take_off", WhenAway.Wait);
    public static readonly StoreScript Purge = Change("purge", WhenAway.Wait) with { IsAnyones = true };
    public static readonly StoreScript Counts = Change("counts", WhenAway.Wait);

    private static StoreScript Read(string name, WhenAway whenAway) => Of(Reading, whenAway, "prelude", name);

    private static StoreScript Change(string name, WhenAway whenAway) =>
        Of(Changing, whenAway, "prelude", "changes", name);

    private static StoreScript Turn(string name) => Of(Changing, WhenAway.Wait, "prelude", "changes", "turn", name);

    private static StoreScript Of(string head, WhenAway whenAway, params IEnumerable<string> files) =>
        new(new RedisScript(string.Join('\n', [head, .. files.Select(ReadFile)])), whenAway);

    private static string ReadFile(string name)
    {
        using var file = typeof(StoreScript).Assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
