namespace Bellhop.Tests.Testing;

/// <summary>A folder of the test's own, gone with it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bellhop-").FullName;

    /// <summary>A path inside.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file inside and returns its path.</summary>
    public string Write(string name, string text, bool executable = false)
    {
        var path = File(name);
        System.IO.File.WriteAllText(path, text);
        if (executable)
            System.IO.File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
