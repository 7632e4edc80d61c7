using System.Text;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// The built program with one word of it changed, so that its store really opens the file with <c>synchronous=OFF</c>.
/// Nobody who runs Bellhop gets a switch for that; a test of what durability costs makes its own copy.
/// </summary>
internal static class UnsyncedProgram
{
    private const string Library = "Bellhop.dll";

    // Of the same length, so that nothing else in the file moves. A string of C# stands in it as UTF-16.
    private static readonly byte[] Durable = Encoding.Unicode.GetBytes("PRAGMA synchronous = FULL;");
    private static readonly byte[] NotDurable = Encoding.Unicode.GetBytes("PRAGMA synchronous = OFF ;");

    /// <summary>Copies the program into a folder, changes the word and returns the program's new path.</summary>
    public static string In(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.Program)!))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        Change(Path.Combine(folder, Library));
        return Path.Combine(folder, Path.GetFileName(Repository.Program));
    }

    private static void Change(string library)
    {
        var bytes = File.ReadAllBytes(library);
        var at = bytes.AsSpan().IndexOf(Durable);
        at.ShouldBeGreaterThan(0, $"{library} no longer says how durable its store is");
        bytes.AsSpan(at + 1).IndexOf(Durable).ShouldBe(-1, $"{library} says it twice");
        NotDurable.CopyTo(bytes, at);
        File.WriteAllBytes(library, bytes);
    }
}
