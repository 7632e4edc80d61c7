using System.Threading.Channels;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Tests.Testing;

/// <summary>A configuration that comes to what the test says, and tells when it was read again.</summary>
internal sealed class FakeReload : IConfigurationReload
{
    private readonly Channel<bool> _reloads = Channel.CreateBounded<bool>(100);

    public ReloadResult Result { get; set; } = new(new ReloadDto([], []), null);

    /// <summary>One item for each reload.</summary>
    public ChannelReader<bool> Reloads => _reloads.Reader;

    public ReloadResult Reload()
    {
        _reloads.Writer.TryWrite(true).ShouldBeTrue();
        return Result;
    }
}
