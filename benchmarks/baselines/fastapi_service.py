"""The service as first planned (FastAPI and aiokafka): checks the request, gives it an id, produces it, answers.

Tells 'ready' when it serves. The producer is set as pusher-api's is.
"""

import argparse
import contextlib
import json
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, Optional

import aiokafka
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel


class CommandRequest(BaseModel):
    device_id: str
    command_type: str
    payload: Dict[str, Any]
    protocol: str
    parser_script_ref: Optional[str] = None
    metadata: Optional[Dict[str, Any]] = None
    qos: Optional[int] = None
    retain: Optional[bool] = None
    confirmable: Optional[bool] = None


class CommandResponse(BaseModel):
    success: bool
    request_id: str
    message: str
    timestamp: datetime


def service(kafka, topic):
    @contextlib.asynccontextmanager
    async def lifespan(app):
        app.state.producer = aiokafka.AIOKafkaProducer(
            bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=1, compression_type="lz4"
        )
        await app.state.producer.start()
        print("ready", flush=True)
        yield
        await app.state.producer.stop()

    app = FastAPI(title="Preservarium Pusher API", lifespan=lifespan)

    @app.post("/api/v1/commands", response_model=CommandResponse)
    async def push_command(command: CommandRequest, request: Request):
        now = datetime.now(timezone.utc)
        message = command.model_dump(exclude_none=True)
        message["request_id"] = str(uuid.uuid4())
        message["timestamp"] = now.isoformat()
        try:
            await request.app.state.producer.send_and_wait(
                topic, json.dumps(message).encode(), key=command.device_id.encode()
            )
        except aiokafka.errors.KafkaError as error:
            raise HTTPException(status_code=503, detail=str(error)) from error
        return CommandResponse(success=True, request_id=message["request_id"], message="accepted", timestamp=now)

    return app


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kafka", required=True)
    arguments.add_argument("--topic", required=True)
    arguments.add_argument("--port", type=int, required=True)
    options = arguments.parse_args()
    uvicorn.run(
        service(options.kafka, options.topic),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )


if __name__ == "__main__":
    main()
