using System.Text.Json;
using System.Text.Json.Nodes;
using Bellhop.Redis.Client;

namespace Bellhop.Cli.Setup;

/// <summary>A checked value, or what is wrong with it.</summary>
internal sealed record SettingReading(object? Value, string? Problem = null)
{
    /// <summary>What is wrong inside a list of objects.</summary>
    public IReadOnlyList<PartFault> Parts { get; init; } = [];

    public static SettingReading Bad(string problem) => new(null, problem);
}

/// <summary>What is wrong with a part of a value.</summary>
/// <param name="Part">Where in it: <c>[1].type</c>.</param>
/// <param name="Value">What was given.</param>
/// <param name="Problem">What would be right.</param>
internal sealed record PartFault(string Part, string? Value, string Problem);

/// <summary>Turns JSON into the value of a setting's kind.</summary>
internal sealed class SettingReader(Home home, Func<string, string?> environment)
{
    /// <summary>Never throws for what a person can write.</summary>
    public SettingReading Read(Setting setting, JsonNode? node)
    {
        if (node is null)
            return setting.IsOptional
                ? new SettingReading(null)
                : SettingReading.Bad($"null is no value here; remove the key for the default, {setting.Default}.");
        return setting.Kind switch
        {
            SettingKind.List => List(node),
            SettingKind.Map => Map(node),
            SettingKind.Number => Number(setting, node),
            SettingKind.Flag => Flag(node),
            SettingKind.Objects => new ObjectListReader(setting, Read).Read(node),
            _ when Text(node) is not { Length: > 0 } => SettingReading.Bad($"must be {Expected(setting)}."),
            _ => Scalar(setting, Text(node)!),
        };
    }

    private SettingReading Scalar(Setting setting, string text) =>
        setting.Kind switch
        {
            SettingKind.Word => Word(setting, text),
            SettingKind.Duration when setting.Path == "bus.lease" => Lease(text),
            SettingKind.Duration when setting.Path == "agent.permissionTimeout" => PermissionTimeout(text),
            SettingKind.Duration when setting.Path is "agent.turnDeadline" or "agent.readyTimeout" => Patience(text),
            SettingKind.Duration when Durations.TryParse(text, out var duration) => new SettingReading(duration),
            SettingKind.Endpoint when Endpoint.Parse(text) is { } endpoint => new SettingReading(endpoint),
            SettingKind.Folder => Folder(text),
            SettingKind.File => File(text),
            SettingKind.Name => IsName(text)
                ? new SettingReading(text)
                : SettingReading.Bad($"must be {Expected(setting)}."),
            SettingKind.Text when setting.Path == "bus.prefix" && !IsPrefix(text) => SettingReading.Bad(
                "must be 1 to 64 of A-Z a-z 0-9 . _ - and :."
            ),
            SettingKind.Secret
                when setting.Path == "bus.url" && !RedisEndpoint.TryParse(text, out _, out var problem) =>
                SettingReading.Bad(problem),
            SettingKind.Text or SettingKind.Secret => new SettingReading(text),
            _ => SettingReading.Bad($"must be {Expected(setting)}."),
        };

    /// <summary>Below a second a busy machine would lose it; above ten minutes nobody would wait for it.</summary>
    private static SettingReading Lease(string text) =>
        Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    /// <summary>A session stands still while it waits; who is away for longer than a week is not asked.</summary>
    private static SettingReading PermissionTimeout(string text) =>
        Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));

    /// <summary>A timer counts it.</summary>
    private static SettingReading Patience(string text) =>
        Duration(text, TimeSpan.FromSeconds(1), Durations.LongestTimer);

    private static SettingReading Duration(string text, TimeSpan least, TimeSpan most) =>
        Durations.TryParse(text, out var duration) && duration >= least && duration <= most
            ? new SettingReading(duration)
            : SettingReading.Bad(
                $"must be from {Durations.Write(least)} to {Durations.Write(most)}: {Durations.Shape}."
            );

    private static SettingReading Word(Setting setting, string text)
    {
        if (setting.Words.Contains(text))
            return new SettingReading(text);
        var near = Suggestion.For(text, setting.Words);
        return SettingReading.Bad(
            $"must be one of {string.Join(", ", setting.Words)}." + (near is null ? "" : $" Did you mean {near}?")
        );
    }

    private static SettingReading Number(Setting setting, JsonNode node) =>
        node is JsonValue value
        && value.TryGetValue<long>(out var number)
        && number >= setting.Range.Least
        && number <= setting.Range.Most
            ? new SettingReading(number)
            : SettingReading.Bad($"must be {Expected(setting)}.");

    private static SettingReading Flag(JsonNode node) =>
        node is JsonValue value && value.TryGetValue<bool>(out var flag)
            ? new SettingReading(flag)
            : SettingReading.Bad("must be true or false.");

    private static SettingReading List(JsonNode node) =>
        node is JsonArray array && array.All(i => Text(i) is { Length: > 0 })
            ? new SettingReading((IReadOnlyList<string>)[.. array.Select(i => Text(i)!)])
            : SettingReading.Bad("must be a list of strings, such as [\"pi\", \"--verbose\"].");

    private static SettingReading Map(JsonNode node) =>
        node is JsonObject map && map.All(e => Text(e.Value) is not null && e.Key.Length > 0 && !e.Key.Contains('='))
            ? new SettingReading((IReadOnlyDictionary<string, string>)map.ToDictionary(e => e.Key, e => Text(e.Value)!))
            : SettingReading.Bad("must be names with strings, such as { \"LANG\": \"C.UTF-8\" }.");

    private SettingReading Folder(string text)
    {
        var path = Absolute(text);
        return Directory.Exists(path)
            ? new SettingReading(path)
            : SettingReading.Bad($"there is no folder {path}. Create it or name another.");
    }

    private SettingReading File(string text)
    {
        var path = Absolute(text);
        try
        {
            using (System.IO.File.OpenRead(path))
                return new SettingReading(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SettingReading.Bad($"{path} cannot be read. Create it, or let this user read it.");
        }
    }

    private string Absolute(string path) => Path.GetFullPath(Home.ExpandTilde(path, environment), home.Folder);

    private static bool IsName(string text) =>
        text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsPrefix(string text) =>
        text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':');

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static string Expected(Setting setting) =>
        setting.Kind switch
        {
            SettingKind.Duration => Durations.Shape,
            SettingKind.Endpoint => "an address and a port, such as 127.0.0.1:3018",
            SettingKind.Number => $"a whole number from {setting.Range.Least} to {setting.Range.Most}",
            SettingKind.Word => $"one of {string.Join(", ", setting.Words)}",
            SettingKind.Name => "1 to 64 of A-Z a-z 0-9 . _ -",
            SettingKind.Folder => "a folder, such as ~/work",
            SettingKind.File => "a file, such as ~/.bellhop/redis-password",
            _ => "a text that is not empty",
        };
}
