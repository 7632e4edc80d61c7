using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>
/// Reads <c>BELLHOP__SECTION__KEY</c>: any case; items of a list by index (<c>BELLHOP__AGENT__COMMAND__0</c>), entries
/// of a map by name (<c>BELLHOP__AGENT__ENV__LANG</c>).
/// </summary>
internal static class EnvironmentOverrides
{
    private const string Prefix = "BELLHOP__";

    /// <summary>Lays the variables over <paramref name="values"/>; what is wrong is added to <paramref name="faults"/>.</summary>
    public static void Apply(
        IReadOnlyDictionary<string, string> environment,
        Dictionary<string, GivenValue> values,
        List<ConfigurationFault> faults
    )
    {
        // By length first, so that item 10 follows item 9.
        var ours = environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(v => v.Key.Length)
            .ThenBy(v => v.Key, StringComparer.Ordinal);
        foreach (var (name, text) in ours)
        {
            var key = name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal);
            if (Find(key) is { } setting)
                Whole(setting, name, text, values, faults);
            else if (FindParent(key) is { } parent)
                Part(parent, name, key[(parent.Path.Length + 1)..], text, values, faults);
            else
                faults.Add(new ConfigurationFault(name, null, "environment", Unknown(key)));
        }
    }

    private static Setting? Find(string key) =>
        SettingsSchema.All.FirstOrDefault(s => s.Path.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static Setting? FindParent(string key) =>
        SettingsSchema.All.FirstOrDefault(s =>
            s.Kind is SettingKind.List or SettingKind.Map
            && key.StartsWith(s.Path + ".", StringComparison.OrdinalIgnoreCase)
        );

    private static void Whole(
        Setting setting,
        string name,
        string text,
        Dictionary<string, GivenValue> values,
        List<ConfigurationFault> faults
    )
    {
        if (setting.Kind is SettingKind.List or SettingKind.Map)
        {
            var part = setting.Kind == SettingKind.List ? "0" : "NAME";
            faults.Add(
                new ConfigurationFault(setting.Path, $"\"{text}\"", name, $"is set in parts: use {name}__{part}.")
            );
            return;
        }
        JsonNode? value =
            setting.IsOptional && text is "" or "null" ? null
            : setting.Kind == SettingKind.Number && long.TryParse(text, out var number) ? JsonValue.Create(number)
            : JsonValue.Create(text);
        values[setting.Path] = new GivenValue(value, name);
    }

    private static void Part(
        Setting setting,
        string name,
        string part,
        string text,
        Dictionary<string, GivenValue> values,
        List<ConfigurationFault> faults
    )
    {
        var node = values.GetValueOrDefault(setting.Path)?.Value?.DeepClone() ?? setting.DefaultNode!;
        if (node is JsonObject map)
            map[part.Replace(".", "__", StringComparison.Ordinal)] = text;
        else if (node is JsonArray list && int.TryParse(part, out var index) && index >= 0 && index <= list.Count)
        {
            if (index < list.Count)
                list[index] = text;
            else
                list.Add((JsonNode?)JsonValue.Create(text));
        }
        else
        {
            faults.Add(
                new ConfigurationFault(
                    setting.Path,
                    $"\"{text}\"",
                    name,
                    "must end in the item's number, counted from 0 without gaps."
                )
            );
            return;
        }
        values[setting.Path] = new GivenValue(node, name);
    }

    private static string Unknown(string key) =>
        Suggestion.For(key, SettingsSchema.All.Select(s => s.Path)) is { } near
            ? $"is not a setting. Did you mean {SettingsSchema.Find(near)!.Variable}?"
            : "is not a setting. 'bellhop config show' lists them; unset it.";
}
