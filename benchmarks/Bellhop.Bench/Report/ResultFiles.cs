using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bellhop.Bench.Report;

/// <summary>The kept results: a JSON file for each bench, the charts, and the page that shows them all.</summary>
internal sealed class ResultFiles(string folder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public void Keep(BenchResult result)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, result.Name + ".json"), JsonSerializer.Serialize(result, Json) + "\n");
        foreach (var (chart, index) in result.Charts.Select((c, i) => (c, i)))
            File.WriteAllText(Path.Combine(folder, ChartFile(result, index)), BarChart.Draw(chart, result.Measures));
    }

    /// <summary>Writes the page anew from every kept result, in the given order of names.</summary>
    public void WritePage(IReadOnlyList<string> names)
    {
        var results = names.Select(Read).OfType<BenchResult>().ToList();
        File.WriteAllText(Path.Combine(folder, "README.md"), ResultPage.Write(results));
    }

    public static string ChartFile(BenchResult result, int index) =>
        index == 0 ? $"{result.Name}.svg" : $"{result.Name}-{index + 1}.svg";

    private BenchResult? Read(string name)
    {
        var path = Path.Combine(folder, name + ".json");
        return File.Exists(path) ? JsonSerializer.Deserialize<BenchResult>(File.ReadAllText(path), Json) : null;
    }
}
