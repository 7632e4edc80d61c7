namespace Bellhop.SystemTests.Testing;

/// <summary>A folder of one test. Its path is short, because a Unix socket's path may have no more than 100 characters.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bh-").FullName;

    /// <summary>A path inside; the folder above it exists.</summary>
    public string Inside(params string[] names)
    {
        var path = System.IO.Path.Combine([Path, .. names]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a file inside and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = Inside(name.Split('/'));
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        Processes.KillAllNaming(Path);
        Directory.Delete(Path, recursive: true);
    }
}
