using System.IO.Pipes;
using Bellhop.Cli.Rendering;

namespace Bellhop.Tests.Cli.Rendering;

public sealed class StandardOutputTests
{
    [Fact]
    public void IsOpen_ReaderOfThePipeLeaves_IsFalse()
    {
        using var ours = new AnonymousPipeServerStream(PipeDirection.Out);
        var theirs = new AnonymousPipeClientStream(PipeDirection.In, ours.ClientSafePipeHandle);
        var descriptor = (int)ours.SafePipeHandle.DangerousGetHandle();

        StandardOutput.IsOpen(descriptor).ShouldBeTrue();
        theirs.Dispose();

        StandardOutput.IsOpen(descriptor).ShouldBeFalse();
    }
}
