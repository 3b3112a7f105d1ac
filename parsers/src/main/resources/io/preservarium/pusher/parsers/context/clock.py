"""A clock that can be set, for examples. Runs before any script, so that `from time import time` gets it too."""

import datetime as _datetime
import time as _time

_real_time, _real_time_ns = _time.time, _time.time_ns
_real_gmtime, _real_localtime = _time.gmtime, _time.localtime
_real_strftime, _real_ctime = _time.strftime, _time.ctime
_now_ns = None


def set_clock(nanoseconds):
    """Stands still at so many nanoseconds after the epoch; None lets it run."""
    global _now_ns
    _now_ns = nanoseconds


def time_ns():
    return _real_time_ns() if _now_ns is None else _now_ns


def time():
    return _real_time() if _now_ns is None else _now_ns / 1e9


def gmtime(seconds=None):
    return _real_gmtime(time() if seconds is None else seconds)


def localtime(seconds=None):
    return _real_localtime(time() if seconds is None else seconds)


def strftime(format, t=None):
    return _real_strftime(format, localtime() if t is None else t)


def ctime(seconds=None):
    return _real_ctime(time() if seconds is None else seconds)


for _function in (time_ns, time, gmtime, localtime, strftime, ctime):
    setattr(_time, _function.__name__, _function)


class _LikeTheReal(type):
    """What is a date, or is none, is so with this clock too: many functions give real ones."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, _real[cls]) if cls in _real else type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, subclass):
        return issubclass(subclass, _real[cls]) if cls in _real else type.__subclasscheck__(cls, subclass)


class date(_datetime.date, metaclass=_LikeTheReal):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time())


class datetime(_datetime.datetime, metaclass=_LikeTheReal):
    @classmethod
    def now(cls, tz=None):
        if _now_ns is None:
            return super().now(tz)
        # From whole microseconds: a float of today's seconds is off by some of them.
        exact = cls(1970, 1, 1, tzinfo=_datetime.timezone.utc) + _datetime.timedelta(microseconds=_now_ns // 1000)
        return exact.replace(tzinfo=None) if tz is None else exact.astimezone(tz)

    @classmethod
    def utcnow(cls):
        return cls.now(_datetime.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.now()


_real = {date: _datetime.date, datetime: _datetime.datetime}
_datetime.date, _datetime.datetime = date, datetime
