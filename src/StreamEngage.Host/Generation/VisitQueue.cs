using System.Diagnostics;

namespace StreamEngage.Host.Generation;

/// <summary>Who acts next: a binary heap over all users, ordered by instant and then by user so that ties are the same everywhere.</summary>
internal sealed class VisitQueue(int users)
{
    private readonly (long At, int User)[] _heap = new (long, int)[users];
    private int _count;

    public bool IsEmpty => _count == 0;

    public long NextAt => _heap[0].At;

    public int NextUser => _heap[0].User;

    public void Add(long at, int user)
    {
        Debug.Assert(_count < _heap.Length, "a user is queued twice");
        var place = _count++;
        while (place > 0 && Before((at, user), _heap[(place - 1) / 2]))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        _heap[place] = (at, user);
    }

    /// <summary>Puts the next user back at a later instant.</summary>
    public void Postpone(long at) => Sink((at, _heap[0].User));

    public void RemoveNext()
    {
        _count--;
        if (_count > 0) Sink(_heap[_count]);
    }

    private void Sink((long At, int User) visit)
    {
        var place = 0;
        while (true)
        {
            var child = 2 * place + 1;
            if (child >= _count) break;
            if (child + 1 < _count && Before(_heap[child + 1], _heap[child])) child++;
            if (!Before(_heap[child], visit)) break;
            _heap[place] = _heap[child];
            place = child;
        }
        _heap[place] = visit;
    }

    private static bool Before((long At, int User) a, (long At, int User) b) => a.At < b.At || (a.At == b.At && a.User < b.User);
}
