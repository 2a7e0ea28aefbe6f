"""The HTTP of a Rasa NLU server. Nothing of the question, nor of the address, gets into an error."""

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from nlu.rasa.ranking import Ranking, read_ranking
from nlu.rasa.reader import RasaDown


class RasaServer:
    """`url` is where `rasa run --enable-api` listens. Raises RasaDown and nothing else."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = f"{url.rstrip('/')}/model/parse"
        self._timeout_s = timeout_s
        self._session: ClientSession | None = None

    async def parse(self, text: str) -> Ranking:
        try:
            return await self._parse(text)
        except TimeoutError:
            reason = f"Rasa gives no answer in {self._timeout_s:g} s"
        except ClientConnectorError:
            reason = "Rasa cannot be reached at nlu.rasa.url: start it there, scripts/rasa serve"
        except (ClientError, OSError) as error:
            reason = f"the connection to Rasa broke ({type(error).__name__})"
        except ValueError:  # JSON that is none, too
            reason = "what answers at nlu.rasa.url is not Rasa's POST /model/parse"
        raise RasaDown(reason)  # outside of the except: the library's errors quote the address

    async def _parse(self, text: str) -> Ranking:
        # Made in the running loop.
        self._session = self._session or ClientSession(timeout=ClientTimeout(total=self._timeout_s))
        async with self._session.post(self._url, json={"text": text}, allow_redirects=False) as answer:
            if answer.status != 200:
                raise RasaDown(f"Rasa answers HTTP {answer.status}{_hint(answer.status)}")
            return read_ranking(await answer.json(content_type=None))

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _hint(status: int) -> str:
    match status:
        case 404:
            return "; start it with --enable-api"
        case 409:
            return "; no model is loaded, train one: make rasa"
        case _:
            return ""
