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
            .ThenBy(v => v.Key, StringComparer.OrdinalIgnoreCase);
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
            HasParts(s) && key.StartsWith(s.Path + ".", StringComparison.OrdinalIgnoreCase)
        );

    private static void Whole(
        Setting setting,
        string name,
        string text,
        Dictionary<string, GivenValue> values,
        List<ConfigurationFault> faults
    )
    {
        if (HasParts(setting))
        {
            var part = setting.Kind switch
            {
                SettingKind.List => "0",
                SettingKind.Map => "NAME",
                _ => $"0__{setting.Fields[0].Path.ToUpperInvariant()}",
            };
            faults.Add(
                new ConfigurationFault(setting.Path, $"\"{text}\"", name, $"is set in parts: use {name}__{part}.")
            );
            return;
        }
        values[setting.Path] = new GivenValue(Scalar(setting, text), name);
    }

    private static JsonValue? Scalar(Setting setting, string text) =>
        setting.IsOptional && text is "" or "null" ? null
        : setting.Kind == SettingKind.Number && long.TryParse(text, out var number) ? JsonValue.Create(number)
        : setting.Kind == SettingKind.Flag && bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
        : JsonValue.Create(text);

    private static bool HasParts(Setting setting) =>
        setting.Kind is SettingKind.List or SettingKind.Map or SettingKind.Objects;

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
        if (Put(setting, node, part, text) is { } mend)
            faults.Add(new ConfigurationFault($"{setting.Path}", $"\"{text}\"", name, mend));
        else
            values[setting.Path] = new GivenValue(node, name);
    }

    /// <summary>Sets one part of a value; what it returns is what is wrong with the variable's name.</summary>
    private static string? Put(Setting setting, JsonNode node, string part, string text)
    {
        if (node is JsonObject map)
        {
            map[part.Replace(".", "__", StringComparison.Ordinal)] = text;
            return null;
        }
        var (digits, field) = part.Split('.', 2) is [var first, var rest] ? (first, rest) : (part, null);
        if (
            node is not JsonArray list
            || !int.TryParse(digits, out var index)
            || index < 0
            || index > list.Count
            || field is null == (setting.Kind == SettingKind.Objects)
        )
            return setting.Kind == SettingKind.Objects
                ? $"must name the object's number, counted from 0 without gaps, and a field: {setting.Variable}__0__{setting.Fields[0].Path.ToUpperInvariant()}."
                : "must end in the item's number, counted from 0 without gaps.";
        if (index == list.Count)
            list.Add(field is null ? JsonValue.Create(text) : new JsonObject());
        else if (field is null)
            list[index] = text;
        return field is null ? null : PutField(setting, list[index], field, text);
    }

    private static string? PutField(Setting setting, JsonNode? node, string part, string text)
    {
        var (name, rest) = part.Split('.', 2) is [var first, var inner] ? (first, inner) : (part, null);
        if (
            setting.Fields.FirstOrDefault(f => f.Path.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } field
        )
            return $"names no field. Known here: {string.Join(", ", setting.Fields.Select(f => f.Path))}.";
        if (node is not JsonObject item)
            return "overrides a part of what is no object.";
        if (HasParts(field) != rest is not null)
            return HasParts(field)
                ? $"is set in parts: end it in __{field.Path.ToUpperInvariant()}__0."
                : "goes too deep.";
        if (rest is null)
        {
            item[field.Path] = Scalar(field, text);
            return null;
        }
        if (item[field.Path] is not { } inside)
            item[field.Path] = inside = field.Kind == SettingKind.Map ? new JsonObject() : new JsonArray();
        return Put(field, inside, rest, text);
    }

    private static string Unknown(string key) =>
        Suggestion.For(key, SettingsSchema.All.Select(s => s.Path)) is { } near
            ? $"is not a setting. Did you mean {SettingsSchema.Find(near)!.Variable}?"
            : "is not a setting. 'bellhop config show' lists them; unset it.";
}
