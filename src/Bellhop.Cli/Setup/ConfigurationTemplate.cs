using System.Text;

namespace Bellhop.Cli.Setup;

/// <summary>The config.json of the first run: every setting, explained, commented out where it is the default.</summary>
internal static class ConfigurationTemplate
{
    private const int Width = 100;

    /// <summary>The file's text; <paramref name="chosen"/>: values, as JSON, that the first run found out.</summary>
    public static string Write(IReadOnlyDictionary<string, string>? chosen = null)
    {
        var values = chosen ?? new Dictionary<string, string>();
        var text = new StringBuilder();
        text.Append(
            "// Bellhop's configuration. Remove the // before a line to change it; 'bellhop config check' checks the file.\n"
        );
        text.Append(
            "// Environment variables override it: BELLHOP__AGENT__KIND=echo. Durations: 90s, 15m, 2h, 1d.\n{\n"
        );
        foreach (var setting in SettingsSchema.All.Where(s => s.Section.Length == 0))
            Add(text, setting, values, "  ");
        foreach (var section in SettingsSchema.Sections)
        {
            text.Append($"  \"{section}\": {{\n");
            foreach (var setting in SettingsSchema.All.Where(s => s.Section == section))
                Add(text, setting, values, "    ");
            text.Length--; // the blank line after the last one
            text.Append("  },\n\n");
        }
        text.Length--;
        return text.Append("}\n").ToString();
    }

    private static void Add(
        StringBuilder text,
        Setting setting,
        IReadOnlyDictionary<string, string> chosen,
        string indent
    )
    {
        foreach (var line in Wrap(setting.Doc))
            text.Append($"{indent}// {line}\n");
        var isWritten = setting.Recorded || chosen.ContainsKey(setting.Path);
        var value = chosen.GetValueOrDefault(setting.Path, setting.Default);
        text.Append($"{indent}{(isWritten ? "" : "// ")}\"{setting.Name}\": {value},\n\n");
    }

    private static IEnumerable<string> Wrap(string doc)
    {
        var line = new StringBuilder();
        foreach (var word in doc.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length >= Width)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }
        yield return line.ToString();
    }
}
