namespace Bellhop.Cli.Setup;

/// <summary>
/// Every setting there is. To add one: declare it here, read it in <see cref="BellhopOptions"/>, and run
/// <c>bellhop config reference</c> into docs/configuration.md. <c>IsLive</c> promises that whoever uses the value asks
/// <see cref="LiveOptions"/> each time.
/// </summary>
internal static class SettingsSchema
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "listen",
            SettingKind.Endpoint,
            "\"127.0.0.1:3018\"",
            "Where the HTTP API is served. Port 0 takes any free port."
        ),
        new(
            "allowedHosts",
            SettingKind.List,
            "[]",
            "Host names, beside this machine's own, under which browsers and proxies may call."
        )
        {
            Example = "[\"gateway.example.net\"]",
            IsLive = true,
        },
        new(
            "bus.kind",
            SettingKind.Word,
            "\"embedded\"",
            "What keeps the events: embedded is SQLite in this folder, redis is a Redis 7 or Valkey that other gateways and terminals may share."
        )
        {
            Words = ["embedded", "redis"],
            Recorded = true,
        },
        new(
            "bus.url",
            SettingKind.Secret,
            "null",
            "Where the Redis is: redis://user:password@host:6379/0, rediss:// for TLS, redis+sentinel://host,host/service where Sentinels know it."
        )
        {
            Example = "\"redis://127.0.0.1:6379/0\"",
        },
        new("bus.urlFile", SettingKind.File, "null", "A file that holds the URL instead.")
        {
            Example = "\"~/.bellhop/redis-url\"",
        },
        new(
            "bus.caFile",
            SettingKind.File,
            "null",
            "The authority (PEM) that signed the Redis' certificate, where the system does not trust it by itself."
        )
        {
            Example = "\"~/.bellhop/redis-ca.pem\"",
        },
        new(
            "bus.lease",
            SettingKind.Duration,
            "\"15s\"",
            "How long a gateway that fell silent stays central before another one on the same Redis takes over; 1s to 10m."
        ),
        new(
            "bus.resp",
            SettingKind.Endpoint,
            "\"127.0.0.1:6379\"",
            "Where the Redis protocol is spoken, so that redis-cli and Redis clients can push. null speaks it nowhere."
        )
        {
            IsOptional = true,
        },
        new("bus.prefix", SettingKind.Text, "\"agent\"", "What the Redis keys start with: agent:events:main."),
        new(
            "bus.password",
            SettingKind.Secret,
            "null",
            "What Redis clients must send with AUTH. Required where bus.resp is reachable from other machines."
        ),
        new("bus.passwordFile", SettingKind.File, "null", "A file that holds the password instead.")
        {
            Example = "\"~/.bellhop/redis-password\"",
        },
        new(
            "agent.kind",
            SettingKind.Word,
            "\"auto\"",
            "Who answers: pi, acp (any agent that speaks the Agent Client Protocol), any command, echo (no model), none (only terminal sessions take events). auto is pi when it is on PATH, else echo."
        )
        {
            Words = ["auto", "pi", "acp", "command", "echo", "none"],
        },
        new(
            "agent.command",
            SettingKind.List,
            "[]",
            "The program and its arguments. For pi: any program that speaks its RPC; empty is pi from PATH. For acp: speaks the protocol on its standard handles, such as [\"pi-acp\"]. For command: reads the prompt on standard input, answers on standard output."
        )
        {
            Example = "[\"/usr/local/bin/pi\"]",
        },
        new("agent.cwd", SettingKind.Folder, "\"~\"", "The folder the agent works in."),
        new(
            "agent.env",
            SettingKind.Map,
            "{}",
            "Variables the agent gets beside ours. BELLHOP__* and secrets are never passed on."
        )
        {
            Example = "{ \"LANG\": \"C.UTF-8\" }",
        },
        new(
            "agent.permissions",
            SettingKind.Word,
            "\"deny\"",
            "What an agent of kind acp hears when it asks leave for a tool call: deny, allow for that one call, or ask: what a person says ('bellhop permissions')."
        )
        {
            Words = ["deny", "allow", "ask"],
        },
        new(
            "agent.permissionTimeout",
            SettingKind.Duration,
            "\"10m\"",
            "With agent.permissions ask: how long a person may take to answer before the call is denied; 1s to 7d. The turn waits meanwhile."
        )
        {
            IsLive = true,
        },
        new(
            "agent.turnDeadline",
            SettingKind.Duration,
            "\"10m\"",
            "How long a turn may show no activity before it is stopped; 1s to 40d."
        )
        {
            IsLive = true,
        },
        new("agent.readyTimeout", SettingKind.Duration, "\"30s\"", "How long the agent may take to start; 1s to 40d."),
        new(
            "routing.adoptAfter",
            SettingKind.Duration,
            "\"10m\"",
            "How long an event waits for a session that was never seen, before the gateway takes it."
        )
        {
            IsLive = true,
        },
        RoutingRules.Setting,
        new(
            "sessions.single",
            SettingKind.Word,
            "\"auto\"",
            "Which pi with our extension is central where GATEWAY_ROLE does not say: auto is the first one, while neither another terminal nor an agent of ours is; on is each one, whenever central is free; off is none. Each pi reads it when it starts."
        )
        {
            Words = ["auto", "on", "off"],
            IsLive = true,
        },
        new("retry.attempts", SettingKind.Number, "3", "How often a failing event is tried before it is a dead letter.")
        {
            Range = (1, 100),
            IsLive = true,
        },
        new(
            "retry.baseDelay",
            SettingKind.Duration,
            "\"2s\"",
            "The wait after the first failure; it doubles each time, up to a minute."
        )
        {
            IsLive = true,
        },
        new(
            "retention.keep",
            SettingKind.Duration,
            "\"30d\"",
            "How long finished events are kept. Dead letters stay until they are dropped, the embedded store's newest event until there is another."
        )
        {
            IsLive = true,
        },
        new("logs.level", SettingKind.Word, "\"information\"", "The least that is written to logs/bellhop.log.")
        {
            Words = ["debug", "information", "warning", "error"],
            IsLive = true,
        },
        new("logs.maxMegabytes", SettingKind.Number, "10", "The size at which the log file is put aside for a new one.")
        {
            Range = (1, 1024),
            IsLive = true,
        },
        new("logs.files", SettingKind.Number, "5", "How many log files are kept.") { Range = (1, 100), IsLive = true },
    ];

    /// <summary>The names of all sections.</summary>
    public static readonly IReadOnlyList<string> Sections =
    [
        .. All.Select(s => s.Section).Where(s => s.Length > 0).Distinct(),
    ];

    /// <summary>By exact path.</summary>
    public static Setting? Find(string path) => All.FirstOrDefault(s => s.Path == path);

    /// <summary>The keys that can stand in a section.</summary>
    public static IEnumerable<string> KeysOf(string section) =>
        All.Where(s => s.Section == section).Select(s => s.Name).Concat(section.Length == 0 ? Sections : []);
}
