namespace Bellhop.Cli.Setup;

/// <summary>What only several settings together can get wrong.</summary>
internal static class CrossChecks
{
    /// <summary>The faults of values that are each good.</summary>
    public static IEnumerable<ConfigurationFault> Of(IReadOnlyDictionary<string, EffectiveSetting> settings)
    {
        var password = settings["bus.password"];
        var file = settings["bus.passwordFile"];
        if (password.Value is not null && file.Value is not null)
            yield return Fault(file, "bus.password is set as well. Keep one of the two.");
        if (
            settings["bus.resp"] is { Value: Endpoint { IsLoopback: false } } resp
            && password.Value is null
            && file.Value is null
            && settings["bus.kind"].Value is "embedded"
        )
            yield return Fault(
                resp,
                "other machines can reach this address. Set bus.password or bus.passwordFile, or listen on 127.0.0.1."
            );
        foreach (var fault in BusUrl(settings))
            yield return fault;
        if (
            settings["agent.kind"] is { Value: "command" or "acp" } kind
            && settings["agent.command"].Value is IReadOnlyList<string> { Count: 0 }
        )
            yield return Fault(
                kind,
                kind.Value is "acp"
                    ? "needs agent.command: an agent that speaks ACP, such as [\"pi-acp\"] or [\"qwen\", \"--acp\"]."
                    : "needs agent.command: the program and its arguments."
            );
        if (settings["agent.permissions"] is { Value: "ask" } ask && settings["agent.kind"].Value is not "acp")
            yield return Fault(
                ask,
                $"only an agent of kind acp asks; agent.kind is {settings["agent.kind"].Value}. Set agent.kind to acp, or use deny."
            );
    }

    private static IEnumerable<ConfigurationFault> BusUrl(IReadOnlyDictionary<string, EffectiveSetting> settings)
    {
        var (kind, url, file) = (settings["bus.kind"], settings["bus.url"], settings["bus.urlFile"]);
        if (url.Value is not null && file.Value is not null)
            yield return Fault(file, "bus.url is set as well. Keep one of the two.");
        if (kind.Value is "redis" && url.Value is null && file.Value is null)
            yield return Fault(kind, "needs bus.url: where the Redis is, such as redis://127.0.0.1:6379/0.");
    }

    private static ConfigurationFault Fault(EffectiveSetting setting, string mend) =>
        new(setting.Setting.Path, setting.Shown, setting.Origin, mend);
}
