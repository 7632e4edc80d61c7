using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bellhop.Cli.Setup;

/// <summary>How the program writes JSON that people read.</summary>
internal static class Json
{
    /// <summary>On one line; letters of all languages as they are.</summary>
    public static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
