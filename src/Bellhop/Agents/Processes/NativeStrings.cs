using System.Runtime.InteropServices;

namespace Bellhop.Agents.Processes;

/// <summary>A <c>char*[]</c> that ends with a null pointer: what argv and envp are.</summary>
internal sealed class NativeStrings : IDisposable
{
    public NativeStrings(IEnumerable<string> strings)
    {
        Pointers = [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];
    }

    public nint[] Pointers { get; }

    public void Dispose()
    {
        foreach (var pointer in Pointers)
            Marshal.FreeCoTaskMem(pointer);
    }
}
