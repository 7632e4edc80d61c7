namespace Bellhop.Bench;

internal static class RepositoryRoot
{
    /// <summary>The nearest folder above this program that holds the solution.</summary>
    public static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Bellhop.slnx")))
                return folder;
        }
        throw new BenchException("Run the bench from within the repository.");
    }
}
