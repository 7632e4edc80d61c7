using System.Text;

namespace Bellhop.Cli.Setup;

/// <summary>docs/configuration.md, generated so that it cannot disagree with the program.</summary>
internal static class ConfigurationReference
{
    private const string Head = """
        # Configuration

        `config.json` in the home folder (`BELLHOP_HOME`, default `~/.bellhop`). Comments and trailing commas are allowed.
        The first run writes it with every setting explained. An environment variable overrides the file; items of a list go
        by number (`BELLHOP__AGENT__COMMAND__0`), entries of a map by name (`BELLHOP__AGENT__ENV__LANG`). Durations are a
        whole number and `s`, `m`, `h` or `d`. Relative paths start at the home folder, `~` is your own.

        `bellhop config check` lists every fault at once, each with its place and its mend, and exits 78; `bellhop config show`
        prints what the next start would take and where it came from.

        A running gateway takes a change over when the file is saved, on `bellhop config reload` and on `SIGHUP`. What cannot
        change while it runs waits for the next start, and `bellhop status` names it. A file with a fault changes nothing.

        This page is generated (`bellhop config reference`).

        """;

    /// <summary>The page.</summary>
    public static string Write()
    {
        var text = new StringBuilder(Head);
        foreach (var section in SettingsSchema.All.GroupBy(s => s.Section))
        {
            text.Append($"\n## {(section.Key.Length == 0 ? "General" : section.Key)}\n");
            foreach (var setting in section)
                Add(text, setting);
        }
        return text.ToString();
    }

    private static void Add(StringBuilder text, Setting setting)
    {
        text.Append($"\n### `{setting.Path}`\n\n{setting.Doc}\n\n");
        text.Append($"- Value: {Kind(setting)}\n- Default: `{setting.Default}`\n");
        if (setting.Example is { } example)
            text.Append($"- Example: `{example}`\n");
        text.Append($"- Takes effect: {(setting.IsLive ? "at once" : "at the next start")}\n");
        text.Append($"- Environment: `{setting.Variable}{Suffix(setting)}`\n");
        if (setting.Fields.Count == 0)
            return;
        text.Append("\n| field | value | default | |\n|---|---|---|---|\n");
        foreach (var field in setting.Fields)
            text.Append(
                $"| `{field.Path}` | {Kind(field)} | {(field.IsRequired ? "required" : $"`{field.Default}`")} | {field.Doc} |\n"
            );
    }

    private static string Suffix(Setting setting) =>
        setting.Kind switch
        {
            SettingKind.List => "__0",
            SettingKind.Objects => $"__0__{setting.Fields[0].Path.ToUpperInvariant()}",
            SettingKind.Map => "__NAME",
            _ => "",
        };

    private static string Kind(Setting setting) =>
        setting.Kind switch
        {
            SettingKind.Word => string.Join(", ", setting.Words.Select(w => $"`{w}`")),
            SettingKind.Number => $"a whole number from {setting.Range.Least} to {setting.Range.Most}",
            SettingKind.Duration => "a duration",
            SettingKind.Endpoint => "address and port",
            SettingKind.Folder => "a folder that exists",
            SettingKind.File => "a file that can be read",
            SettingKind.Secret => "a text; never printed",
            SettingKind.List => "a list of texts",
            SettingKind.Map => "names with texts",
            SettingKind.Flag => "`true` or `false`",
            SettingKind.Name => "1 to 64 of `A-Z a-z 0-9 . _ -`",
            SettingKind.Objects => "a list of objects",
            _ => "a text",
        } + (setting.IsOptional ? ", or `null`" : "");
}
