using System.Text.Json;
using System.Text.Json.Nodes;
using Bellhop.Redis.Client;

namespace Bellhop.Cli.Setup;

/// <summary>A checked value, or what is wrong with it.</summary>
internal sealed record SettingReading(object? Value, string? Problem = null)
{
    public static SettingReading Bad(string problem) => new(null, problem);
}

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
            _ when Text(node) is not { Length: > 0 } => SettingReading.Bad($"must be {Expected(setting)}."),
            _ => Scalar(setting, Text(node)!),
        };
    }

    private SettingReading Scalar(Setting setting, string text) =>
        setting.Kind switch
        {
            SettingKind.Word => Word(setting, text),
            SettingKind.Duration when setting.Path == "bus.lease" => Lease(text),
            SettingKind.Duration when Durations.TryParse(text, out var duration) => new SettingReading(duration),
            SettingKind.Endpoint when Endpoint.Parse(text) is { } endpoint => new SettingReading(endpoint),
            SettingKind.Folder => Folder(text),
            SettingKind.File => File(text),
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
        Durations.TryParse(text, out var lease) && lease >= TimeSpan.FromSeconds(1) && lease <= TimeSpan.FromMinutes(10)
            ? new SettingReading(lease)
            : SettingReading.Bad("must be from 1s to 10m.");

    private static SettingReading Word(Setting setting, string text)
    {
        if (setting.Words.Contains(text))
            return new SettingReading(text);
        var words = string.Join(", ", setting.Words);
        if (setting.Refused.TryGetValue(text, out var reason))
            return SettingReading.Bad($"is not available: {reason}. Use {words}.");
        var near = Suggestion.For(text, setting.Words);
        return SettingReading.Bad($"must be one of {words}." + (near is null ? "" : $" Did you mean {near}?"));
    }

    private static SettingReading Number(Setting setting, JsonNode node) =>
        node is JsonValue value
        && value.TryGetValue<long>(out var number)
        && number >= setting.Range.Least
        && number <= setting.Range.Most
            ? new SettingReading(number)
            : SettingReading.Bad($"must be {Expected(setting)}.");

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
            SettingKind.Folder => "a folder, such as ~/work",
            SettingKind.File => "a file, such as ~/.bellhop/redis-password",
            _ => "a text that is not empty",
        };
}
