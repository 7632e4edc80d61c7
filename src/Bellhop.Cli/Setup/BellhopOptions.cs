using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Redis.Client;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Cli.Setup;

/// <summary>The configuration as the composition wants it: checked, typed, never changed.</summary>
internal sealed record BellhopOptions
{
    public required Endpoint Listen { get; init; }

    public required IReadOnlyList<string> AllowedHosts { get; init; }

    public required BusOptions Bus { get; init; }

    public required AgentOptions Agent { get; init; }

    public required RoutingOptions Routing { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required TimeSpan Keep { get; init; }

    public required LogOptions Logs { get; init; }

    /// <summary>Takes the values of a configuration that has no fault.</summary>
    /// <exception cref="ConfigurationException">The password's file holds none.</exception>
    public static BellhopOptions From(Configuration configuration, Home home) =>
        new()
        {
            Listen = configuration.Get<Endpoint>("listen"),
            AllowedHosts = configuration.Get<IReadOnlyList<string>>("allowedHosts"),
            Bus = BusOptions.From(configuration),
            Agent = AgentOf(configuration, home),
            Routing = RoutingRules.From(configuration),
            Retry = new RetryPolicy
            {
                MaxAttempts = (int)configuration.Get<long>("retry.attempts"),
                BaseDelay = configuration.Get<TimeSpan>("retry.baseDelay"),
            },
            Keep = configuration.Get<TimeSpan>("retention.keep"),
            Logs = LogOptions.From(configuration, home),
        };

    private static AgentOptions AgentOf(Configuration configuration, Home home)
    {
        var options = new AgentOptions
        {
            Kind = Enum.Parse<AgentKind>(configuration.Get<string>("agent.kind"), ignoreCase: true),
            Cwd = configuration.Get<string>("agent.cwd"),
            Env = configuration.Get<IReadOnlyDictionary<string, string>>("agent.env"),
            Permissions = Enum.Parse<AgentPermissions>(
                configuration.Get<string>("agent.permissions"),
                ignoreCase: true
            ),
            PermissionTimeout = configuration.Get<TimeSpan>("agent.permissionTimeout"),
            TurnDeadline = configuration.Get<TimeSpan>("agent.turnDeadline"),
            ReadyTimeout = configuration.Get<TimeSpan>("agent.readyTimeout"),
            Home = home.Folder,
        };
        if (configuration.Get<IReadOnlyList<string>>("agent.command") is { Count: > 0 } command)
            options.Command = command;
        return options;
    }
}

/// <summary>The <c>bus</c> section.</summary>
/// <param name="Resp">Where the Redis protocol is spoken; null = nowhere.</param>
/// <param name="Prefix">What keys start with.</param>
/// <param name="Password">What clients must send; null = nothing.</param>
internal sealed record BusOptions(Endpoint? Resp, string Prefix, Secret? Password)
{
    /// <summary>The Redis that keeps the events; null where we keep them ourselves.</summary>
    public RedisEndpoint? Redis { get; init; }

    /// <summary>How long a silent gateway stays central.</summary>
    public TimeSpan Lease { get; init; }

    public static BusOptions From(Configuration configuration) =>
        configuration.Get<string>("bus.kind") == "redis"
            ? Embedded(configuration) with
            {
                Resp = null,
                Redis = RedisOf(configuration),
                Lease = configuration.Get<TimeSpan>("bus.lease"),
            }
            : Embedded(configuration);

    private static BusOptions Embedded(Configuration configuration) =>
        new(
            configuration.Find<Endpoint>("bus.resp"),
            configuration.Get<string>("bus.prefix"),
            configuration.Find<string>("bus.password") is { } password ? new Secret(password)
                : configuration.Find<string>("bus.passwordFile") is { } file ? FromFile(file)
                : null
        );

    private static RedisEndpoint RedisOf(Configuration configuration)
    {
        var file = configuration.Find<string>("bus.urlFile");
        var url = configuration.Find<string>("bus.url") ?? File.ReadAllText(file!).Trim();
        return RedisEndpoint.TryParse(url, out var endpoint, out var problem)
            ? endpoint with
            {
                CaFile = configuration.Find<string>("bus.caFile"),
            }
            : throw new CommandException($"bus.urlFile: what {file} holds {problem}", ExitCode.Configuration);
    }

    private static Secret FromFile(string path)
    {
        var (password, fault) = ("", "is empty. Write the password into it.");
        try
        {
            password = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"cannot be read: {e.Message} Let this user read it.";
        }
        return password.Length > 0
            ? new Secret(password)
            : throw new ConfigurationException([new ConfigurationFault("bus.passwordFile", null, path, fault)]);
    }
}

/// <summary>The <c>logs</c> section.</summary>
internal sealed record LogOptions(string Path, Microsoft.Extensions.Logging.LogLevel Level, long MaxBytes, int Files)
{
    public static LogOptions From(Configuration configuration, Home home) =>
        new(
            home.LogFile,
            Enum.Parse<Microsoft.Extensions.Logging.LogLevel>(
                configuration.Get<string>("logs.level"),
                ignoreCase: true
            ),
            configuration.Get<long>("logs.maxMegabytes") * 1024 * 1024,
            (int)configuration.Get<long>("logs.files")
        );
}
