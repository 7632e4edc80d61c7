namespace Bellhop.Bench;

/// <summary>A bench cannot go on; the message says why and, where there is one, the mend.</summary>
internal sealed class BenchException(string message) : BellhopException(message);
