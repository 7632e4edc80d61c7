namespace Bellhop.Redis.Store;

/// <summary>
/// The calls that wait because the server refuses them for now. They are told as one: the last of them to end says that
/// it is over.
/// </summary>
internal sealed class Refusals(Action<string?> tell)
{
    private readonly Lock _lock = new();
    private readonly Action<string?> _tell = tell;
    private int _waiting;

    /// <summary>A call that may come to be refused; disposed of when it has ended.</summary>
    public RefusedCall Begin() => new(this);

    internal sealed class RefusedCall(Refusals all) : IDisposable
    {
        private bool _waits;

        /// <summary>It was refused, and will be tried again.</summary>
        public void Waits(string reason)
        {
            lock (all._lock)
            {
                all._waiting += _waits ? 0 : 1;
                _waits = true;
                all._tell(reason);
            }
        }

        public void Dispose()
        {
            if (!_waits)
                return;
            lock (all._lock)
            {
                if (--all._waiting == 0)
                    all._tell(null);
            }
        }
    }
}
